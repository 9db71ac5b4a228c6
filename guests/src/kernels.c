// Runs the kernels that console lines request: "NAME off|on ROUNDS", with the MMU off or on. "all" means all kernels; a line that
// begins with "q" ends the guest immediately. In the output, only the digest depends on the rounds, and it depends on nothing else.
#include "kernels/kernels.h"

#define LINE 64

typedef struct {
    const char *name;
    uint64_t (*run)(uint64_t rounds);
} kernel_t;

static const kernel_t kernels[] = {
    {"branches", branches},
    {"calls", calls},
    {"checksum", checksum},
    {"compute", compute},
    {"crossing", crossing},
    {"floating", floating},
    {"hypercalls", hypercalls},
    {"lists", lists},
    {"matrix", matrix},
    {"patching", patching},
    {"sieve", sieve},
    {"sorting", sorting},
    {"stores", stores},
    {"strings", strings},
};
#define COUNT (sizeof kernels / sizeof kernels[0])

// False if a line begins with "q".
static bool read_line(char *line) {
    unsigned length = 0;
    for (;;) {
        char c = get_char();
        if (length == 0 && c == 'q') {
            return false;
        }
        if (c == '\r' || c == '\n') {
            break;
        }
        if (length < LINE - 1) {
            line[length++] = c;
        }
    }
    line[length] = 0;
    return true;
}

// Ends the word at `*rest` and returns it; `*rest` is then the text after it.
static char *next_word(char **rest) {
    char *word = *rest;
    char *end = word;
    while (*end != 0 && *end != ' ') {
        end++;
    }
    *rest = *end == 0 ? end : end + 1;
    *end = 0;
    return word;
}

static bool same(const char *a, const char *b) {
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static uint64_t number(const char *digits) {
    uint64_t value = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        value = value * 10 + (uint64_t)(*digits - '0');
    }
    return value;
}

static void run(const kernel_t *kernel, bool mmu, uint64_t rounds) {
    if (mmu) {
        mmu_on();
    }
    uint64_t digest = kernel->run(rounds);
    if (mmu) {
        mmu_off();
    }
    print(kernel->name);
    print_line(mmu ? " on %d: %x" : " off %d: %x", rounds, digest);
}

static bool run_line(char *line) {
    const char *name = next_word(&line);
    const char *mmu = next_word(&line);
    uint64_t rounds = number(line);
    bool known = false;
    for (unsigned i = 0; i < COUNT; i++) {
        if (same(name, "all") || same(name, kernels[i].name)) {
            run(&kernels[i], same(mmu, "on"), rounds);
            known = true;
        }
    }
    return known;
}

void main(void) {
    char line[LINE];
    while (read_line(line)) {
        if (!run_line(line)) {
            print("no kernel is named so: NAME off|on ROUNDS\n");
        }
    }
}
