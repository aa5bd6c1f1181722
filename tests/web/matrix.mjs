// The matrix of ./dev proof: every type of page in English, Arabic and Chinese, at 360 and 1,280
// pixels, in daylight and in the dark, with axe-core and a screenshot; and every task, scripts off, in
// each language and width. WEB_MATRIX=ar-360,zh-1280 runs these parts of it alone.
import { start, visitor, logInAll, go, holds, shot, finish, check, equal, runTasks } from './lib.mjs';
import { types } from './pages.mjs';
import { tasks } from './tasks.mjs';
import { people, staffTasks } from './staff.mjs';

const only = process.env.WEB_MATRIX?.split(',');
const browser = await start();
const state = await logInAll(browser, people);
for (const lang of ['en', 'ar', 'zh']) {
    for (const width of [360, 1280].filter((w) => !only || only.includes(`${lang}-${w}`))) {
        for (const type of types) {
            const words = `${type.name} ${lang} ${width}`;
            const page = await visitor(browser, { width, lang, scripts: true, state: state[type.as] });
            try {
                await page.emulateMedia({ colorScheme: width === 360 ? 'dark' : 'light' });
                equal(`${words} answers`, type.status || 200, await go(page, type.path));
                equal(`${words}: in the reader's language`, lang, await page.evaluate(() => document.documentElement.lang));
                await holds(page, words);
                await shot(page, words);
            } catch (e) { // a tab that went away is this page's failure, not the end of all
                check(`${words} goes to its end`, false, e);
            }
            await page.context().close().catch(() => {});
        }
        await runTasks(browser, { ...tasks, ...staffTasks }, state, { lang, width });
    }
}
await finish('web/matrix', browser);
