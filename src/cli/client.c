/* HTTP over the control socket, by libcurl. See client.h. */
#include "cli/client.h"
#include "base/escape.h"
#include "node/config.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct client {
    CURL *curl;
    char path[108];
    char error[CURL_ERROR_SIZE];
};

/* True when somebody answers on that socket. */
static bool is_alive(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof(at.sun_path))
        return false;
    memcpy(at.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int rc = connect(fd, (struct sockaddr *)&at, sizeof(at));
    close(fd);
    return rc == 0;
}

int client_open(const struct conf *conf, struct err *e, struct client **out)
{
    struct slice run = node_main(conf)->run;
    struct client *c = calloc(1, sizeof(*c));
    if (c == NULL)
        BUG("out of memory");
    int n = snprintf(c->path, sizeof(c->path), "%.*s/control.sock", SLICE_ARG(run));
    if (n < 0 || (size_t)n >= sizeof(c->path) || !is_alive(c->path)) {
        free(c);
        return err_set(e, ERR_NOENT, "no node is running (nobody answers on %.*s/control.sock)",
                       SLICE_ARG(run));
    }
    c->curl = curl_easy_init();
    if (c->curl == NULL)
        BUG("out of memory");
    *out = c;
    return 0;
}

void client_close(struct client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->curl);
    free(c);
}

static size_t got(char *p, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;
    buf_add(b, slice_of(p, size * n));
    return b->full ? 0 : size * n;
}

int client_call(struct client *c, const char *path, const char *const *headers, struct slice body,
                struct buf *answer, long *out_status, struct err *e)
{
    char url[600];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (; headers && *headers; headers++)
        list = curl_slist_append(list, *headers);
    snprintf(url, sizeof(url), "http://localhost%s", path);
    buf_reset(answer);
    curl_easy_reset(c->curl);
    curl_easy_setopt(c->curl, CURLOPT_URL, url);
    curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->path);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, got);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->error);
    curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 600L);
    curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
    if (body.p) {
        curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body.n ? body.p : "");
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    }
    CURLcode rc = curl_easy_perform(c->curl);
    curl_slist_free_all(list);
    if (rc != CURLE_OK)
        return err_set(e, ERR_IO, "asking the node: %s",
                       c->error[0] ? c->error : curl_easy_strerror(rc));
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, out_status);
    return 0;
}

int client_ask(struct client *c, const char *path, struct slice body, struct buf *answer,
               struct err *e)
{
    long status = 0;
    int rc = client_call(c, path, NULL, body, answer, &status, e);
    if (rc < 0 || status == 200)
        return rc;
    json_error_t je;
    json_t *j = json_loadb(answer->p, answer->n, 0, &je);
    const char *why = json_string_value(json_object_get(j, "error"));
    int code = status == 404                    ? ERR_NOENT
               : status == 400                  ? ERR_USAGE
               : status == 403 || status == 401 ? ERR_DENIED
               : status == 507                  ? ERR_FULL
                                                : ERR_IO;
    rc = err_set(e, code, "%s", why ? why : "the node refused without a reason");
    json_decref(j);
    return rc;
}

static void add_line(struct arena *a, const char **lines, size_t *n, const char *name,
                     struct slice value)
{
    if (value.n == 0)
        return;
    struct buf b = BUF_INIT(1000);
    escape_add(&b, ESCAPE_HEADER, value, 900);
    lines[(*n)++] = arena_printf(a, "%s: %.*s", name, SLICE_ARG(buf_slice(&b))).p;
    buf_fini(&b);
}

const char *const *client_envelope(struct arena *a, const struct envelope *env)
{
    const char **lines = ARENA_ARRAY(a, const char *, env->n_rcpt + 8);
    size_t n = 0;
    add_line(a, lines, &n, "IP", env->client_ip);
    add_line(a, lines, &n, "Helo", env->helo);
    add_line(a, lines, &n, "Hostname", env->client_name);
    if (env->has_mail_from)
        add_line(a, lines, &n, "From", env->mail_from.n ? env->mail_from : SLICE("<>"));
    add_line(a, lines, &n, "Deliver-To", env->user);
    for (size_t i = 0; i < env->n_rcpt; i++)
        add_line(a, lines, &n, "Rcpt", env->rcpt[i]);
    return lines;
}
