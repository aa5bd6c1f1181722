/* embed OUT.c NAME FILE...: turns data files into a C table, so that the node needs no file to
 * judge its first message. Each row: file name without folder and ending, bytes, length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        return -1;
    }
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strchr(base, '.');
    int c, n = 0;
    fprintf(out, "    {\"%.*s\", (const char[]){", dot ? (int)(dot - base) : 99, base);
    while ((c = getc(in)) != EOF)
        fprintf(out, "%s%d,", n++ % 24 ? "" : "\n", c > 127 ? c - 256 : c);
    fprintf(out, "0}, %d},\n", n);
    fclose(in);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    FILE *out = fopen(argv[1], "w");
    if (!out) {
        perror(argv[1]);
        return 1;
    }
    fprintf(out, "#include \"evidence/data.h\"\nconst struct data_file %s[] = {\n", argv[2]);
    for (int i = 3; i < argc; i++)
        if (add(out, argv[i]))
            return 1;
    fprintf(out, "    {0}};\n");
    return fclose(out) == 0 ? 0 : 1;
}
