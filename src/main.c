/* muster: one program, one command word. The commands are in cli/. */
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argv;
    printf("muster %s\n", MUSTER_VERSION);
    return argc > 1 ? 2 : 0;
}
