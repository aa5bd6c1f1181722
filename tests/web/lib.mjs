// What browser tests share: a real Chromium without scripts in the pages, what every page must hold
// to, and the counting. The program under test is at URL; screenshots go to SHOTS.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';

const require = createRequire(process.env.MODULES + '/package.json');
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const url = process.env.URL;
export const shots = process.env.SHOTS;
let passed = 0;
let failed = 0;

export function check(words, ok, detail = '') {
    if (ok) {
        passed++;
        if (process.env.VERBOSE) console.log(`ok    ${words}`);
    } else {
        failed++;
        console.log(`FAIL  ${words}${detail ? `\n      ${String(detail).slice(0, 1500).replaceAll('\n', '\n      ')}` : ''}`);
    }
    return ok;
}

export function equal(words, want, got) {
    return check(words, want === got, `want: ${want}\ngot:  ${got}`);
}

export async function finish(name, browser) {
    await browser.close();
    console.log(`${name}: ${passed} passed, ${failed} failed, 0 skipped`);
    process.exit(failed ? 1 : 0);
}

export async function start() {
    mkdirSync(shots, { recursive: true });
    return chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
}

// A visitor: width 360 or 1280, a language, scripts off unless said; each from a network of his own.
// Requests to other hosts are refused and remembered, and so are errors in the console.
let network = 0;
export async function visitor(browser, { width = 1280, lang = 'en', scripts = false, state } = {}) {
    const context = await browser.newContext({
        storageState: state,
        javaScriptEnabled: scripts,
        viewport: { width, height: width < 600 ? 740 : 900 },
        locale: lang,
        acceptDownloads: true,
        extraHTTPHeaders: { 'X-Forwarded-For': `198.18.${network}.7` },
    });
    network = (network + 1) % 256;
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    page.strays = [];
    page.complaints = [];
    await context.route('**/*', (route) => {
        const to = route.request().url();
        if (to.startsWith(`${url}/`) || to === url) return route.continue();
        page.strays.push(to);
        return route.abort();
    });
    page.on('console', (m) => m.type() === 'error' && page.complaints.push(m.text()));
    page.on('pageerror', (e) => page.complaints.push(String(e)));
    return page;
}

export async function go(page, path) {
    const answer = await page.goto(url + path);
    return answer.status();
}

// Logs in once; gives what makes other visitors this person.
export async function logIn(browser, name) {
    const page = await visitor(browser);
    await go(page, '/account/login');
    await page.fill('main input[name=name]', name);
    await page.fill('main input[name=password]', process.env.PASSWORD);
    await page.locator('main form[method=post] button').first().click();
    await page.waitForLoadState();
    check(`${name} logs in`, !page.url().includes('/account/login'), page.url());
    const state = await page.context().storageState();
    await page.context().close();
    return state;
}

// The states of several people by their names.
export async function logInAll(browser, names) {
    const state = {};
    for (const name of names) state[name] = await logIn(browser, name);
    return state;
}

// Every task once, from its start to its end. A task asks `as` for pages: of a stranger, or of
// somebody who is logged in.
export async function runTasks(browser, tasks, state, { lang, width }) {
    for (const [task, run] of Object.entries(tasks)) {
        const words = `${task} ${lang} ${width}`;
        const opened = [];
        const as = async (who) => {
            const page = await visitor(browser, { width, lang, state: state[who] });
            opened.push(page);
            return page;
        };
        try {
            await run(as, words);
        } catch (e) {
            check(`${words} goes to its end`, false, `${e}\n${opened.at(-1)?.url()}`);
            if (opened.length) await shot(opened.at(-1), `${words} failed`).catch(() => {});
        }
        for (const page of opened) await page.context().close();
    }
}

// What every page must hold to, whatever it is about. Needs a visitor with scripts on: the page's own
// are forbidden by its policy all the same.
export async function holds(page, words, { axeToo = true } = {}) {
    const seen = await page.evaluate(() => ({
        h1: document.querySelectorAll('h1').length,
        title: document.title,
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        main: document.querySelectorAll('main').length,
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        scripts: document.querySelectorAll('script').length,
        styled: document.querySelectorAll('[style],style').length,
        handlers: [...document.querySelectorAll('*')].filter((e) =>
            [...e.attributes].some((a) => a.name.startsWith('on'))).length,
    }));
    equal(`${words}: one <h1>`, 1, seen.h1);
    equal(`${words}: one <main>`, 1, seen.main);
    check(`${words}: a title`, seen.title.length > 0);
    check(`${words}: a language`, seen.lang.length > 1 && (seen.dir === 'rtl') === (seen.lang === 'ar'),
        `${seen.lang} ${seen.dir}`);
    check(`${words}: nothing wider than the window`, seen.wide <= 0, `${seen.wide} pixels too wide`);
    equal(`${words}: no script, no style of its own`, 0, seen.scripts + seen.styled + seen.handlers);
    equal(`${words}: no request to others`, '', page.strays.join(' '));
    const complaints = page.complaints.filter((c) => !/status of 4\d\d/.test(c));
    equal(`${words}: no complaint in the console`, '', complaints.join(' '));
    if (axeToo) await looksAt(page, words);
}

// axe-core, WCAG 2.1 A and AA.
async function looksAt(page, words) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'],
    }));
    check(`${words}: nothing that axe objects to`, found.violations.length === 0,
        found.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3)
            .map((n) => `${n.target} ${n.failureSummary}`).join('\n  ')}`).join('\n'));
}

export async function shot(page, name) {
    await page.screenshot({ path: `${shots}/${name.replaceAll(' ', '-')}.png`, fullPage: true });
}
