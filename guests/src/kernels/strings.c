// Strings, byte by byte: copied, measured, compared, searched, reversed.
#include "kernels.h"

static const char text[] =
    "A stitch in time saves nine; a bird in the hand is worth two in the bush; the early bird catches the worm.";

static char copy[sizeof text];

__attribute__((noinline)) static unsigned length(const char *s) {
    unsigned n = 0;
    while (s[n] != 0) {
        n++;
    }
    return n;
}

__attribute__((noinline)) static void copy_to(char *to, const char *from) {
    while ((*to++ = *from++) != 0) {
    }
}

__attribute__((noinline)) static int compare(const char *a, const char *b) {
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

__attribute__((noinline)) static void reverse(char *s, unsigned n) {
    for (unsigned i = 0; i < n / 2; i++) {
        char c = s[i];
        s[i] = s[n - 1 - i];
        s[n - 1 - i] = c;
    }
}

__attribute__((noinline)) static unsigned count(const char *s, char wanted) {
    unsigned n = 0;
    for (; *s != 0; s++) {
        n += *s == wanted;
    }
    return n;
}

uint64_t strings(uint64_t rounds) {
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        copy_to(copy, text);
        unsigned n = length(copy);
        copy[i % n] = (char)('a' + i % 26);
        digest = mix(digest, (uint64_t)(int64_t)compare(copy, text));
        reverse(copy, n);
        digest = mix(digest, count(copy, 'e') + n);
    }
    return digest;
}
