/* muster export: the public pages as files (web/export.h). Asks the running node, or the store when
 * none runs, as a stranger would. */
#include "cli/export_ask.h"
#include "base/log.h"
#include "law/settings.h"
#include "node/config.h"
#include "web/export.h"
#include "web/law_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'l', "lang", "CODE", "language of the copy (default en)"},
    {'j', "json", NULL, "what was written, as JSON"},
    {0}};

struct job {
    struct export_ask *ask;
    const char *to;
    bool is_one_file;
};

static int on_ask(void *arg, struct slice path, struct slice json, struct buf *answer)
{
    struct job *job = arg;
    return export_ask(job->ask, path, json, answer);
}

/* Makes the folders of "a/b/c". */
static int make_folders(char *path, struct err *e)
{
    for (char *c = path + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        int rc = mkdir(path, 0755);
        *c = '/';
        if (rc < 0 && errno != EEXIST)
            return err_errno(e, "making the folder of %s", path);
    }
    return 0;
}

static int on_write(void *arg, const char *name, struct slice bytes, struct err *e)
{
    struct job *job = arg;
    struct buf path = BUF_INIT(8192);
    buf_str(&path, job->to);
    if (!job->is_one_file)
        buf_printf(&path, "/%s", name);
    char *text = (char *)(uintptr_t)buf_cstr(&path);
    int rc = make_folders(text, e);
    int fd = rc == 0 ? open(text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    if (rc == 0 && (fd < 0 || command_write(fd, bytes) < 0))
        rc = err_errno(e, "%s", text);
    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = err_errno(e, "%s", text);
    buf_fini(&path);
    return rc;
}

static const char *folder(struct arena *a, struct slice setting, const char *name)
{
    if (setting.n)
        return arena_cstr(a, setting);
    struct slice path = slice_str(node_shipped(a, SLICE(""), name));
    return arena_cstr(a, slice_head(path, slice_rchr(path, '/')));
}

static void open_laws(const struct conf *conf)
{
    struct buf errors = BUF_INIT(1 << 20);
    struct law_library *lib;
    struct err e = {0};
    if (law_library_open_conf(conf, &lib, &errors, &e) == 0)
        law_pages_open(lib);
    else
        fprintf(stderr, "muster export: without the pages on laws: %s\n", e.text);
    buf_fini(&errors);
}

static int export(const char *config, const char *lang, bool as_json, const char *to)
{
    struct err e = {0};
    struct job job = {.to = to, .is_one_file = slice_ends(slice_str(to), SLICE(".html"))};
    struct web_site *site;
    struct export_sum sum = {0};
    int code = export_ask_open(&cmd_export, config, &job.ask);
    if (code != EXIT_FINE)
        return code;
    struct arena *a = arena_new(0);
    const struct conf *conf = export_ask_conf(job.ask);
    site = ARENA_NEW(a, struct web_site);
    open_laws(conf);
    site_open(site, a, conf_data(conf, "web"), folder(a, SLICE(""), "web/style.css"),
              folder(a, node_main(conf)->catalogues, "lang/fr.mo"));
    const struct export_job run = {.site = site,
                                   .lang = lang,
                                   .is_one_file = job.is_one_file,
                                   .arg = &job,
                                   .ask = on_ask,
                                   .write = on_write};
    if (export_run(&run, &e, &sum) < 0)
        code = command_fail(&cmd_export, &e);
    else if (as_json)
        printf("{\"pages\":%u,\"files\":%u,\"bytes\":%llu,\"failed\":%u}\n", sum.pages, sum.files,
               (unsigned long long)sum.bytes, sum.failed);
    else
        printf("%s: %u pages, %u files, %.1f MB\n", to, sum.pages, sum.files,
               (double)sum.bytes / 1e6);
    if (code == EXIT_FINE && sum.failed)
        fprintf(stderr, "muster export: %u pages that others lead to could not be made\n",
                sum.failed);
    export_ask_close(job.ask);
    arena_free(a);
    return code;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_export, .argc = argc, .argv = argv};
    const char *config = NULL, *lang = "en", *to = NULL;
    bool as_json = false, known = false;
    for (;;) {
        int o = option_next(&r);
        if (o == OPTION_HELP)
            return EXIT_FINE;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (o == 0)
            config = r.value;
        else if (o == 1)
            lang = r.value;
        else if (o == 2)
            as_json = true;
        if (o != OPTION_END)
            continue;
        if (r.at >= argc)
            break;
        if (to)
            return command_error(&cmd_export, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
        to = argv[r.at++];
    }
    for (unsigned i = 0; i < SITE_TONGUES; i++)
        known |= strcmp(SITE_TONGUE[i].code, lang) == 0;
    if (to == NULL || !known)
        return command_error(&cmd_export, EXIT_USAGE,
                             known
                                 ? "say where to: muster export DIR, or FILE.html"
                                 : "this language is not offered; ours are en, fr, es, pt, ar, sw, "
                                   "id, zh and de");
    return export(config, lang, as_json, to);
}

const struct command cmd_export = {
    .name = "export",
    .args = "DIR | FILE.html",
    .summary = "the public pages as files that open without network",
    .about =
        "Library, laws, role paths and all other pages that a stranger may read, with relative "
        "links and our\nown style sheet: for a USB stick, a class room, an archive. Below 50 MB; "
        "what needs the node\n(searching, reporting) leads to its public address, when web.url "
        "has one.",
    .options = options,
    .run = run};
