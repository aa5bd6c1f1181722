// The smoke set of ./dev test: each type of page once in Chromium, at 360 or 1,280 pixels in turn,
// with axe-core; and the shortest way through the main tasks, scripts off.
import { start, visitor, logInAll, go, holds, finish, equal, runTasks } from './lib.mjs';
import { types } from './pages.mjs';
import { tasks } from './tasks.mjs';
import { shortPeople, shortTasks } from './staff.mjs';

const browser = await start();
const state = await logInAll(browser, shortPeople);
let narrow = false;
for (const type of types.filter((t) => !t.proof)) {
    narrow = !narrow;
    const page = await visitor(browser, { width: narrow ? 360 : 1280, scripts: true, state: state[type.as] });
    equal(`${type.name} answers`, type.status || 200, await go(page, type.path));
    await holds(page, type.name);
    await page.context().close();
}
await runTasks(browser, { ...tasks, ...shortTasks }, state, { lang: 'en', width: 1280 });
await finish('web/smoke', browser);
