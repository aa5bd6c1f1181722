// Tasks behind a log-in, each from its start to its end, scripts off: what reviewers, operators, domain
// administrators, auditors, stewards, members, policy makers and teachers come for. `as(who)` gives a
// page of that person (none: a stranger) in the width and language that is tried. As in tasks.mjs the
// way is found by names of fields and addresses, not by words.
import { readdirSync, readFileSync } from 'node:fs';
import { check, equal, go, shot, url } from './lib.mjs';

let counter = 0;
const stamp = `${Date.now()}`.slice(-6);
const unique = () => `${stamp}${++counter}`;

async function follow(page, selector) {
    await page.locator(selector).first().click();
    await page.waitForLoadState();
}

async function press(page, form, button = 'button') {
    await page.locator(`main form[action*="${form}"]`).first().locator(button).first().click();
    await page.waitForLoadState();
}

async function json(page, path) {
    return (await page.request.get(`${url}${path}`)).json();
}

const text = (page) => page.locator('main').innerText();

// What a visitor proposes; the path of its page.
async function proposed(page) {
    const n = unique();
    await go(page, '/library/propose');
    await page.fill('input[name=title]', `Notes on rate limits ${n}`);
    await page.fill('input[name=url]', `https://notes.example/${n}`);
    await page.fill('textarea[name=summary]', 'How a campus slows down machines that were taken over.');
    await page.locator('main input[name=topics]').first().check();
    await press(page, '/library/propose', 'button[type=submit]');
    return new URL(page.url()).pathname;
}

// A stranger's report; its code.
async function reported(page, words) {
    await go(page, '/report');
    await page.fill('textarea[name=words]', words);
    await press(page, '/report');
    return /\/case\/([^/?]+)/.exec(page.url())?.[1] || '';
}

// U10, reviewer: a stranger's proposal is reviewed by two people of different groups.
async function review(as, name) {
    const path = await proposed(await as());
    const stranger = await as();
    await go(stranger, `${path}/review`);
    check(`${name}: a stranger is asked to log in`, stranger.url().includes('/account/login'), stranger.url());
    for (const [who, state] of [['rita', 'proposed'], ['raul', 'reviewed']]) {
        const page = await as(who);
        await go(page, path);
        await follow(page, `main a[href="${path}/review"]`);
        await page.check('input[name=opinion][value=for]');
        await page.fill('textarea[name=note]', 'I have used it.');
        await press(page, '/review');
        check(`${name}: ${who}'s review is shown`, (await text(page)).includes('I have used it.'), await text(page));
        equal(`${name}: after ${who} it is ${state}`, state, (await json(page, `${path}.json`)).state);
        await shot(page, `${name} ${who}`);
    }
}

// U10, translator: title and summary in another language.
async function translate(as, name) {
    const path = await proposed(await as());
    const page = await as();
    await go(page, path);
    await follow(page, `main a[href="${path}/translate"]`);
    await page.selectOption('select[name=language]', 'sw');
    await page.fill('input[name=title]', `Maelezo ya viwango ${unique()}`);
    await page.fill('textarea[name=summary]', 'Jinsi chuo kinavyopunguza kasi ya mashine zilizotekwa.');
    await press(page, '/translate');
    check(`${name}: taken`, await page.locator('.notice.good').count() === 1, await text(page));
    equal(`${name}: it stands among the translations`, 1, (await json(page, `${path}.json`)).translations.length);
}

// U2, operator: what is held, why, and letting it go with one act; each reason leads to its explanation.
async function release(as, name) {
    const page = await as('olga');
    await go(page, '/console');
    await follow(page, 'main a[href="/console/quarantine"]');
    await follow(page, 'main tr:has-text("bea@"):has-text("Prize") a[href^="/console/quarantine/"]');
    const held = new URL(page.url()).pathname;
    await follow(page, 'main a[href^="/console/message/"]');
    check(`${name}: reasons are given`, await page.locator('main tbody tr').count() > 1);
    await shot(page, `${name} why`);
    const reason = page.locator('main td a[href^="/checks#"]').first();
    const target = (await reason.getAttribute('href')).split('#')[1];
    await reason.click();
    await page.waitForLoadState();
    equal(`${name}: a reason is explained`, 1, await page.locator(`#${target}`).count());
    await go(page, held);
    await page.fill('input[name=reason]', 'She asked for it.');
    await press(page, held, 'button[value=release]');
    check(`${name}: released, and said so`, await page.locator('.notice.good').count() === 1, await text(page));
    equal(`${name}: it is held no more`, 0, await page.locator('main button[value=release]').count());
    await go(page, '/console/acts');
    check(`${name}: the log has it`, (await text(page)).includes('release'), await text(page));
}

// U2: a question about mail that came some time ago.
async function history(as, name) {
    const page = await as('olga');
    await go(page, '/console/history');
    await page.fill('input[name=words]', 'prize');
    await press(page, '/console/history');
    check(`${name}: found`, await page.locator('main td a[href^="/console/message/"]').count() > 0, await text(page));
    await page.selectOption('select[name=verdict]', 'ham');
    await page.fill('input[name=words]', 'nothing-like-this');
    await press(page, '/console/history');
    equal(`${name}: filters narrow it down`, 0, await page.locator('main td a[href^="/console/message/"]').count());
}

// U4, and U9 to the end: a report becomes a case, a listing and its outcome; the one who is listed
// objects, proves control, and two who had no part decide.
async function decide(as, name) {
    const shop = `shop${unique()}.example`;
    const code = await reported(await as(), `Buy watches at http://${shop}/watches now, only today.`);
    const olga = await as('olga');
    await go(olga, '/desk');
    check(`${name}: there is work on the desk`, await olga.locator('main td a[href^="/case/"]').count() > 0);
    await shot(olga, `${name} desk`);
    await go(olga, `/case/${code}`);
    await follow(olga, 'main a[href$="/evidence"]');
    check(`${name}: the evidence is shown as text`, (await text(olga)).includes('watches'), await text(olga));
    await go(olga, `/case/${code}`);
    await follow(olga, 'main a[href^="/desk/list/"]');
    await olga.selectOption('select[name=kind]', 'domain');
    await olga.fill('input[name=value]', shop);
    await olga.fill('textarea[name=reason]', 'Sold watches to strangers.');
    await press(olga, '/desk/list/');
    const listing = /\/why\/([^/?]+)/.exec(olga.url())?.[1];
    if (!check(`${name}: it is listed`, listing !== undefined, `${olga.url()} ${await text(olga)}`)) return;
    await go(olga, `/case/${code}`);
    await olga.selectOption('select[name=state]', 'closed');
    await olga.selectOption('select[name=outcome]', 'listed');
    await olga.fill('textarea[name=note]', `The shop is listed, see ${listing}.`);
    await press(olga, '/step');
    const reporter = await as();
    await go(reporter, `/case/${code}`);
    check(`${name}: the reporter reads the outcome`, (await text(reporter)).includes(listing), await text(reporter));
    await shot(reporter, `${name} outcome`);
    await objected(as, name, { shop, listing, olga });
}

function proofFor(code) {
    for (const file of readdirSync(process.env.SINK)) {
        const mail = readFileSync(`${process.env.SINK}/${file}`, 'utf8');
        const body = mail.slice(mail.indexOf('\r\n\r\n')); // in whatever language
        const codes = body.match(/\b[0-9A-Z]{4}(-[0-9A-Z]{3,4}){6}\b/g) || [];
        const proof = codes.find((c) => c !== code);
        if (codes.includes(code) && proof) return proof;
    }
    return '';
}

async function objected(as, name, { shop, listing, olga }) {
    const owner = await as();
    await go(owner, `/why/${listing}`);
    await follow(owner, `main a[href="/appeal/${listing}"]`);
    await owner.fill('textarea[name=statement]', `We are ${shop}, they are our customers.`);
    await press(owner, '/appeal/');
    const appeal = new URL(owner.url()).pathname.split('/')[2];
    let proof = '';
    for (let i = 0; i < 600 && !proof; i++) {
        proof = proofFor(appeal);
        if (!proof) await new Promise((r) => setTimeout(r, 100));
    }
    check(`${name}: the proof comes to the role mailbox`, proof !== '');
    await owner.fill('input[name=proof]', proof);
    await press(owner, '/prove');
    check(`${name}: control is proven`, await owner.locator('.notice.good').count() === 1, await text(owner));
    await go(olga, `/appeal/${appeal}`);
    await olga.fill('textarea[name=reason]', 'I listed it.');
    await press(olga, '/vote');
    check(`${name}: who listed does not decide`, await olga.locator('.notice.good').count() === 0, await text(olga));
    for (const who of ['rita', 'raul']) {
        const page = await as(who);
        await go(page, `/appeal/${appeal}`);
        await page.selectOption('select[name=vote]', 'end');
        await page.fill('textarea[name=reason]', 'The customers had agreed.');
        await press(page, '/vote');
        check(`${name}: ${who} votes`, await page.locator('.notice.good').count() === 1, await text(page));
    }
    equal(`${name}: the listing has ended`, 'ended', (await json(owner, `/why/${listing}.json`)).state);
    await go(owner, `/appeal/${appeal}`);
    await shot(owner, `${name} decided`);
}

// U2, administrator of one domain: his mail, and nobody else's.
async function domain(as, name) {
    const page = await as('dora');
    await go(page, '/console/quarantine');
    check(`${name}: his domain's mail is there`, await page.locator('main tr:has-text("@example.org")').count() > 0);
    equal(`${name}: another's is not`, 0, await page.locator('main tr:has-text("@elsewhere.example")').count());
    await follow(page, 'main tr:has-text("bea@"):has-text("Prize") a[href^="/console/quarantine/"]');
    await page.locator('main form.act:has(input[value=refuse]) button').click();
    await page.waitForLoadState();
    check(`${name}: it is kept back for good`, await page.locator('.notice.good').count() === 1, await text(page));
    equal(`${name}: the site's settings are not his`, 403, await go(page, '/console/settings'));
}

// An auditor reads what operators read, and has no button to press.
async function audit(as, name) {
    const page = await as('axel');
    await go(page, '/console/history');
    await follow(page, 'main td a[href^="/console/message/"]');
    check(`${name}: the reasons are there`, await page.locator('main tbody tr').count() > 1);
    for (const path of ['/console/quarantine', `/console/quarantine/${process.env.HOSTILE}`, '/console/rules',
        '/console/acts', '/console/health', '/account/log', '/account/people', '/desk']) {
        equal(`${name}: ${path} may be read`, 200, await go(page, path));
        equal(`${name}: ${path} has nothing to change`, 0, await page.locator('main form[method=post]').count());
    }
}

// Steward: a role given and taken, each with a reason in the log.
async function steward(as, name) {
    const page = await as('stew');
    const why = `knows the field ${unique()}`;
    for (const gives of [true, false]) {
        await go(page, '/account');
        await follow(page, 'main a[href="/account/people"]');
        await follow(page, 'main a[href="/account/people/mia"]');
        await page.locator('input[name=role][value=reviewer]').setChecked(gives);
        await page.fill('input[name=reason]', gives ? why : `${why}, no more`);
        await press(page, '/account/people/mia', 'button[value=change]');
        await go(page, '/account/people/mia');
        equal(`${name}: the role ${gives ? 'stands' : 'is gone'}`, gives,
            await page.locator('input[name=role][value=reviewer]').isChecked());
    }
    await go(page, '/account/log');
    check(`${name}: the log says why`, (await text(page)).includes(`${why}, no more`));
}

// A steward's invitation makes an account, and its owner logs in.
async function invite(as, name) {
    const page = await as('stew');
    const guest = `guest${unique()}`;
    await go(page, '/account/people');
    await page.locator('form[action="/account/invite"] input[name=reason]').fill('speaks for users');
    await press(page, '/account/invite');
    const path = await page.locator('main p.code').innerText();
    const visitor = await as();
    await go(visitor, path);
    await visitor.fill('main input[name=name]', guest);
    await visitor.fill('main input[name=password]', process.env.PASSWORD);
    await visitor.selectOption('select[name=stakeholder]', 'user');
    await press(visitor, '/account/join');
    await visitor.fill('main input[name=name]', guest);
    await visitor.fill('main input[name=password]', process.env.PASSWORD);
    await press(visitor, '/account/login');
    check(`${name}: the guest is in`, (await text(visitor)).includes(guest), await text(visitor));
}

// Member: proposes under a name, reports, finds his report again, objects.
async function member(as, name) {
    const page = await as('anna');
    const path = await proposed(page);
    check(`${name}: a proposal has its page`, path.startsWith('/library/notes-on'), page.url());
    const code = await reported(page, `Cheap pills at http://pills${unique()}.example/ today.`);
    await go(page, '/case');
    equal(`${name}: the report stands among his`, 1, await page.locator(`main a[href="/case/${code}"]`).count());
    await follow(page, `main a[href="/case/${code}"]`);
    await press(page, '/withdraw');
    check(`${name}: taken back`, await page.locator('.notice.good').count() === 1, await text(page));
}

// U1, a person's own page: mail back, own strength, own list.
async function me(as, name) {
    const page = await as('anna');
    await go(page, '/me');
    await follow(page, 'main tr:has-text("Prize") a[href^="/me/held/"]');
    await page.locator('main button[name=open]').click();
    await page.waitForLoadState();
    check(`${name}: it can be read as safe text`, (await page.locator('pre.mail').first().innerText()).includes('prize'));
    await press(page, '/me/held/', 'button[value=release]');
    check(`${name}: released`, await page.locator('.notice.good').count() === 1, await text(page));
    await go(page, '/me');
    await page.check('input[name=strength][value="1"]');
    await page.selectOption('select[name=digest]', 'week');
    await page.locator('main button[value=set]').click();
    await page.waitForLoadState();
    equal(`${name}: the strength is kept`, true, await page.isChecked('input[name=strength][value="1"]'));
    const friend = `friend${unique()}@club.example`;
    await page.fill('input[name=word]', friend);
    await page.selectOption('select[name=list]', 'allow');
    await page.locator('main button[value=add]').click();
    await page.waitForLoadState();
    const row = page.locator('main tr', { hasText: friend });
    equal(`${name}: it stands on the list`, 1, await row.count());
    await shot(page, name);
    await row.locator('button').click();
    await page.waitForLoadState();
    equal(`${name}: and is taken off`, 0, await page.locator('main tr', { hasText: friend }).count());
}

// U3, policy maker: from a problem to a measure with its evidence, on paper, too.
async function measure(as, name) {
    const page = await as();
    await go(page, '/');
    await follow(page, 'main a[href="/paths/policy"]');
    await page.emulateMedia({ media: 'print' });
    check(`${name}: the steps are printed`, await page.locator('ol.steps > li').first().isVisible());
    check(`${name}: the menu is not`, !(await page.locator('.top nav').isVisible()));
    await shot(page, `${name} print`);
    await page.emulateMedia({ media: 'screen' });
    await follow(page, 'ol.steps a[href^="/library/measure-"]');
    equal(`${name}: evidence, cost and openness each with a reason`, 3, await page.locator('main dd strong').count());
    check(`${name}: its steps`, await page.locator('main ol li').count() > 1);
}

// U7, trainer: material for a lesson, narrowed down to its kind.
async function teach(as, name) {
    const page = await as();
    await go(page, '/paths/trainer');
    check(`${name}: steps with sources`, await page.locator('ol.steps a[href^="/library/"]').count() > 0);
    await go(page, '/library');
    await page.locator('main details summary').first().click();
    await follow(page, 'main details a[href*="type=training"]');
    check(`${name}: narrowed down`, await page.locator('main a.tag').count() === 1);
    await follow(page, 'main ol.list h2 a');
    check(`${name}: a resource with its address`, await page.locator('main dl.facts a[rel~=external]').count() === 1,
        await text(page));
}

export const people = ['stew', 'olga', 'rita', 'raul', 'anna', 'dora', 'axel'];
export const staffTasks = { review, translate, release, history, decide, domain, audit, steward, invite, member, me,
    measure, teach };
// The short way of ./dev test: each kind of act once.
export const shortPeople = ['stew', 'olga', 'rita', 'raul', 'anna'];
export const shortTasks = { release, decide, steward, me };
