/* Runs every file of the folders named on the command line through a fuzz harness once, for
 * builds without libFuzzer. Prints how many ran; an empty or missing folder is an error. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return -1;
    }
    size_t n = 0, room = 1u << 16;
    uint8_t *data = malloc(room);
    while (data) {
        size_t got = fread(data + n, 1, room - n, f);
        n += got;
        if (got == 0)
            break;
        if (n == room)
            data = realloc(data, room *= 2);
    }
    fclose(f);
    if (data == NULL)
        return -1;
    /* A block of exactly n bytes, so that a sanitizer sees a read behind the end. */
    uint8_t *exact = realloc(data, n ? n : 1);
    LLVMFuzzerTestOneInput(exact ? exact : data, n);
    free(exact ? exact : data);
    return 0;
}

int main(int argc, char **argv)
{
    int ran = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            perror(argv[i]);
            return 1;
        }
        for (struct dirent *d; (d = readdir(dir)) != NULL;) {
            char path[4096];
            if (d->d_name[0] == '.')
                continue;
            snprintf(path, sizeof(path), "%s/%s", argv[i], d->d_name);
            if (run_file(path) < 0)
                return 1;
            ran++;
        }
        closedir(dir);
    }
    printf("%d seeds ran\n", ran);
    return ran ? 0 : 1;
}
