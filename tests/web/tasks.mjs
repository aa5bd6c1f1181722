// Tasks of people, start to end, as they would do them; scripts are off. Each asks `as` for a
// fresh visitor and works in any language: it finds its way by names of fields and addresses, not by words.
import { readFileSync } from 'node:fs';
import { check, equal, go, shot, url } from './lib.mjs';

const source = process.env.MUSTER_SOURCE;

async function press(page) {
    await page.locator('main form[method=post] button').first().click();
    await page.waitForLoadState();
}

// U5, an honest sender: check a mailing, answer a question, check again.
async function checkMailing(as, name) {
    const page = await as();
    await go(page, '/');
    await page.locator('a[href="/law"]').first().click();
    await page.locator('main a[href="/law/check"]').first().click();
    await page.setInputFiles('input[name=mail]', `${source}/tests/law/campaigns/02-candles.eml`);
    await page.fill('input[name=to]', 'Canada, Deutschland');
    await page.selectOption('select[name=f_purpose]', 'commercial');
    await page.selectOption('select[name=f_consent]', 'none');
    await page.selectOption('select[name=f_recipient]', 'person');
    await press(page);
    check(`${name}: a violation is found where there is no consent`,
        await page.locator('.sum .bad b').count() === 1);
    equal(`${name}: both countries are told`, 2, await page.locator('.check h3').filter({ hasText: /Canada|Germany/ }).count());
    check(`${name}: what to do comes before the countries`, await page.locator('.check ol li').count() > 0);
    const before = await page.locator('.sum .bad b').innerText();
    equal(`${name}: both recipients`, '2', before);
    await page.fill('input[name=to]', 'CA');
    await press(page);
    equal(`${name}: checked again without sending the file again`, '1',
        await page.locator('.sum .bad b').innerText());
    await shot(page, name);
}

// U5: verify a receipt of consent.
async function receipt(as, name) {
    const page = await as();
    await go(page, '/law/receipt');
    const line = readFileSync(process.env.RECEIPT, 'utf8').trim();
    await page.fill('textarea[name=receipt]', line);
    await page.fill('input[name=address]', 'anna@example.org');
    await press(page);
    equal(`${name}: whole, and about the address`, 2, await page.locator('.notice.good').count());
    await page.fill('textarea[name=receipt]', line.replace('newsletter', 'newspaper'));
    await press(page);
    check(`${name}: a change is noticed`, await page.locator('.notice.bad').count() >= 1);
}

// U3, policy maker: two laws side by side, then what holds from here to there.
async function compare(as, name) {
    const page = await as();
    await go(page, '/law');
    await page.locator('main a[href="/law/compare"]').first().click();
    await page.locator('select[name=law]').nth(0).selectOption('CA');
    await page.locator('select[name=law]').nth(1).selectOption('US');
    await page.locator('main form button').first().click();
    await page.waitForLoadState();
    check(`${name}: a table with both`, await page.locator('table thead a[href^="/law/"]').count() === 2);
    await page.locator('main a[href="/law/between"]').first().click();
    await page.selectOption('select[name=from]', 'DE');
    await page.selectOption('select[name=to]', 'CA');
    await page.locator('main form button').first().click();
    await page.waitForLoadState();
    check(`${name}: the address says what was asked`, page.url().startsWith(`${url}/law/between?from=DE&to=CA`), page.url());
    check(`${name}: each duty with its clause`, await page.locator('tbody tr').count() > 5);
}

// U3, U6: find something in the library by a word of another language, open it.
async function search(as, name) {
    const page = await as();
    await go(page, '/');
    await page.fill('main form input[name=q]', 'pourriel');
    await page.locator('main form button').first().click();
    await page.waitForLoadState();
    const first = page.locator('main h2 a[href^="/library/"], main li a[href^="/library/"], main h3 a[href^="/library/"]').first();
    check(`${name}: something is found by a French word`, await first.count() === 1);
    await first.click();
    await page.waitForLoadState();
    check(`${name}: a page of its own`, /\/library\/[^?]+$/.test(page.url()), page.url());
}

// U10, a stranger: propose a resource; it is there at once, as proposed.
async function propose(as, name) {
    const page = await as();
    const title = `A guide to greylisting ${Date.now()} ${Math.floor(Math.random() * 1e6)}`;
    await go(page, '/library');
    await page.locator('main a[href="/library/propose"]').first().click();
    await page.fill('input[name=title]', title);
    await page.fill('input[name=url]', `https://guide.example/${Date.now()}`);
    await page.fill('textarea[name=summary]', 'How a small server turns away most of what programs send, and what it costs.');
    await page.locator('main input[type=checkbox]').first().check();
    await press(page);
    const seen = await page.locator('main').innerText();
    check(`${name}: taken, and shown at once`, seen.includes(title), seen);
    equal(`${name}: on a page of its own`, title, await page.locator('h1').innerText());
    await shot(page, name);
}

// U1: report a message without an account, get a code, see what became of it.
async function report(as, name) {
    const page = await as();
    await go(page, '/');
    await page.locator('main a[href="/report"]').first().click();
    await page.selectOption('select[name=category]', 'fraud');
    await page.fill('textarea[name=words]', 'You have won a prize of 1,000,000! Write to claims@prize.example today.');
    await press(page);
    const code = /\/case\/([^/?]+)/.exec(page.url());
    if (!check(`${name}: a code at once`, code !== null, `${page.url()}\n${await page.locator('main').innerText()}`)) return;
    check(`${name}: the code is shown`, (await page.locator('main').innerText()).includes(code[1]));
    await go(page, '/case');
    await page.fill('input[name=code]', code[1]);
    await page.locator('main form button').first().click();
    await page.waitForLoadState();
    check(`${name}: the code leads back to it`, page.url().includes(`/case/${code[1]}`), page.url());
    await shot(page, name);
}

// U9, wrongly listed: look it up, read why, object.
async function object(as, name) {
    const page = await as();
    await go(page, '/listings');
    await page.fill('input[name=q]', 'shop.example');
    await page.locator('main form button').first().click();
    await page.waitForLoadState();
    await page.locator('main a[href^="/why/"]').first().click();
    await page.waitForLoadState();
    check(`${name}: the reason is given`, (await page.locator('main').innerText()).includes('Sold soap to strangers'));
    await page.locator('main a[href^="/appeal/"]').first().click();
    await page.waitForLoadState();
    await page.fill('textarea[name=statement]', 'They all asked for it; here are the receipts.');
    await page.fill('input[name=contact]', 'owner@shop.example');
    await press(page);
    check(`${name}: taken`, await page.locator('.notice.bad').count() === 0, await page.locator('main').innerText());
    await shot(page, name);
}

export const tasks = { report, object, search, propose, 'check-mailing': checkMailing, receipt, compare };
