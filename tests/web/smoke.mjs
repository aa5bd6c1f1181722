// The smoke set of ./dev test: each type of page once in Chromium, at 360 or 1,280 pixels in turn,
// with axe-core; and the shortest way through the main tasks, scripts off.
import { start, visitor, logIn, go, holds, finish, equal, check } from './lib.mjs';
import { types } from './pages.mjs';
import { tasks } from './tasks.mjs';

const browser = await start();
const staff = await logIn(browser, 'stew');
let narrow = false;
for (const type of types.filter((t) => !t.proof)) {
    narrow = !narrow;
    const page = await visitor(browser, { width: narrow ? 360 : 1280, scripts: true, state: type.staff ? staff : undefined });
    equal(`${type.name} answers`, type.status || 200, await go(page, type.path));
    await holds(page, type.name);
    await page.context().close();
}
for (const [name, task] of Object.entries(tasks)) {
    const page = await visitor(browser);
    try {
        await task(page, name);
    } catch (e) {
        check(`${name} goes to its end`, false, e);
    }
    await page.context().close();
}
await finish('web/smoke', browser);
