// Stage 1 translation: faults of each level, permissions, TLB maintenance, ASIDs, address translation instructions,
// the granule of 64 KiB, code that is written under an MMU.
#include "corner.h"

#define VALID 1ull
#define TABLE 3ull
#define PAGE 3ull
#define BLOCK 1ull
#define AF (1ull << 10)
#define SHARED (3ull << 8)
#define NORMAL (1ull << 2)
#define NOT_GLOBAL (1ull << 11)
#define AP(n) ((uint64_t)(n) << 6)
#define XN(n) ((uint64_t)(n) << 53)

#define RAM 0x40000000ull
#define PAGE_VA 0x40200000ull
#define CODE_VA 0x40201000ull
#define ALIAS_VA 0x40202000ull
#define BLOCK2_VA 0x40400000ull
#define BLOCK1_VA 0x80000000ull

static volatile uint64_t level0[512] __attribute__((aligned(4096)));
static volatile uint64_t level1[512] __attribute__((aligned(4096)));
static volatile uint64_t level2[512] __attribute__((aligned(4096)));
static volatile uint64_t level3[512] __attribute__((aligned(4096)));
static volatile uint64_t other0[512] __attribute__((aligned(4096)));
static volatile uint64_t other1[512] __attribute__((aligned(4096)));
static volatile uint64_t other2[512] __attribute__((aligned(4096)));
static volatile uint64_t other3[512] __attribute__((aligned(4096)));
// A table of 64 KiB, behind the image.
static volatile uint64_t *const wide3 = (volatile uint64_t *)0x40800000;
static volatile uint64_t wide2[8] __attribute__((aligned(4096)));

// The page that is mapped in many ways. Its first instruction is SVC #0.
static volatile uint64_t page[512] __attribute__((aligned(4096))) = {0xd4000001};
static volatile uint64_t second[512] __attribute__((aligned(4096))) = {0xd4000021};

__asm__(
    ".text\n"
    ".balign 4096\n"
    "code_page:\n"
    "read_code: ldr x0, [x0]\nsvc #1\n"
    "write_code: str x1, [x0]\nsvc #2\n"
    ".balign 4096\n");
extern const char code_page[], read_code[], write_code[];

typedef enum { READING, WRITING, FETCHING } access_t;
static const char *const accesses[] = {"read", "write", "fetch"};
static const char *const levels_of[] = {"el0", "el1"};

static void forget_translations(void) {
    __asm__ volatile("dsb sy\ntlbi vmalle1\ndsb sy\nisb" ::: "memory");
}

static const corner_t *try(access_t access, unsigned el, uint64_t va) {
    uint64_t code = va;
    if (access == READING) {
        code = CODE_VA + (ADDRESS(read_code) - ADDRESS(code_page));
    } else if (access == WRITING) {
        code = CODE_VA + (ADDRESS(write_code) - ADDRESS(code_page));
    }
    WRITE(far_el1, 0);
    return corner_enter(code, MASKED | (el == 0 ? EL0T : EL1H), va, 0xd4000001);
}

static void show_try(const char *group, unsigned level, unsigned ap, unsigned xn, access_t access, unsigned el,
                     uint64_t va) {
    const corner_t *got = try(access, el, va);
    print(group);
    put_char('.');
    print_decimal(level);
    print(".ap");
    print_decimal(ap);
    print(".xn");
    print_decimal(xn);
    put_char('.');
    show_in(accesses[access], levels_of[el], got->esr);
}

static void turn_on(void) {
    level0[0] = ADDRESS(level1) | TABLE;
    level1[0] = XN(3) | AF | BLOCK;
    level1[1] = ADDRESS(level2) | TABLE;
    level2[0] = RAM | XN(2) | AF | SHARED | NORMAL | BLOCK;
    level2[1] = ADDRESS(level3) | TABLE;
    level3[1] = ADDRESS(code_page) | AP(3) | AF | SHARED | NORMAL | PAGE;
    level3[2] = ADDRESS(page) | AP(1) | XN(3) | AF | SHARED | NORMAL | PAGE;
    for (unsigned i = 0; i < 2; i++) {
        other1[i] = level1[i];
        other2[i] = level2[i];
    }
    other0[0] = ADDRESS(other1) | TABLE;
    other1[1] = ADDRESS(other2) | TABLE;
    other2[1] = ADDRESS(other3) | TABLE;
    other3[1] = level3[1];
    WRITE(mair_el1, 0xff00);
    // 48-bit regions of 4 KiB pages for both tables; 36-bit physical addresses; inner shareable, write-back.
    WRITE(tcr_el1, 16ull | 1 << 8 | 1 << 10 | 3 << 12 | 16ull << 16 | 1ull << 24 | 1ull << 26 | 3ull << 28 | 2ull << 30 |
                       1ull << 32 | 1ull << 36);
    WRITE(ttbr0_el1, level0);
    WRITE(ttbr1_el1, level0);
    forget_translations();
    WRITE(sctlr_el1, SCTLR_OFF | 1 | 1 << 2 | 1 << 12);
    show("on.sctlr", READ(sctlr_el1) & 0x1005);
}

static void look_at_permissions(void) {
    for (unsigned level = 1; level <= 3; level++) {
        for (unsigned ap = 0; ap < 4; ap++) {
            for (unsigned xn = 0; xn < (level == 3 ? 4u : 1u); xn++) {
                uint64_t attributes = AP(ap) | XN(xn) | AF | SHARED | NORMAL;
                uint64_t offset = ADDRESS(page) - RAM;
                level1[2] = RAM | attributes | BLOCK;
                level2[2] = RAM | attributes | BLOCK;
                level3[0] = ADDRESS(page) | attributes | PAGE;
                forget_translations();
                uint64_t va = level == 1 ? BLOCK1_VA + offset : level == 2 ? BLOCK2_VA + offset : PAGE_VA;
                for (unsigned access = READING; access <= FETCHING; access++) {
                    for (unsigned el = 0; el < 2; el++) {
                        show_try("permission", level, ap, xn, access, el, va);
                    }
                }
            }
        }
    }
}

static void look_at_access_flags(void) {
    uint64_t attributes = AP(3) | SHARED | NORMAL;
    uint64_t offset = ADDRESS(page) - RAM;
    level1[2] = RAM | attributes | BLOCK;
    level2[2] = RAM | attributes | BLOCK;
    level3[0] = ADDRESS(page) | attributes | PAGE;
    forget_translations();
    const uint64_t vas[] = {0, BLOCK1_VA + offset, BLOCK2_VA + offset, PAGE_VA};
    for (unsigned level = 1; level <= 3; level++) {
        for (unsigned access = READING; access <= FETCHING; access++) {
            for (unsigned el = 0; el < 2; el++) {
                show_try("access-flag", level, 3, 0, access, el, vas[level]);
            }
        }
    }
}

static void look_at_translation_faults(void) {
    // Not mapped at each level; then addresses that no table covers.
    static const uint64_t vas[] = {0x8000000000, 0xc0000000, 0x40600000, 0x40203008};
    for (unsigned level = 0; level < 4; level++) {
        for (unsigned access = READING; access <= FETCHING; access++) {
            for (unsigned el = 0; el < 2; el++) {
                show_try("translation", level, 0, 0, access, el, vas[level] & ~7ull);
                const corner_t *got = try(access, el, vas[level]);
                print("translation.");
                show_of(accesses[access], level, levels_of[el], got->far);
            }
        }
    }
    static const uint64_t outside[] = {0x0001000000000000, 0x00ff000000000000, 0xff00000000000000, 0xfffe000000000000};
    for (unsigned i = 0; i < 4; i++) {
        show_of("outside", i, "esr", try(READING, 1, outside[i])->esr);
        show_of("outside", i, "far", try(READING, 1, outside[i])->far);
    }
    // Reserved descriptors.
    level3[0] = ADDRESS(page) | AP(3) | AF | SHARED | NORMAL | BLOCK;
    level2[2] = 2;
    forget_translations();
    show("reserved.level3", try(READING, 1, PAGE_VA)->esr);
    show("reserved.level2", try(READING, 1, BLOCK2_VA)->esr);
    level0[1] = RAM | AF | BLOCK;
    forget_translations();
    show("reserved.level0", try(READING, 1, 0x8000000000)->esr);
    level0[1] = 0;
}

static uint64_t read_from(uint64_t va) {
    return *(volatile uint64_t *)va;
}

static void look_at_regions(void) {
    level3[0] = ADDRESS(page) | AP(1) | AF | SHARED | NORMAL | PAGE;
    forget_translations();
    page[1] = 0x1111;
    second[1] = 0x2222;
    show("ttbr1.read", read_from(0xffff000000000000 + PAGE_VA + 8));
    show("tag.off", try(READING, 0, 0x5500000000000000 + PAGE_VA)->esr);
    WRITE(tcr_el1, READ(tcr_el1) | 1ull << 37);
    forget_translations();
    show("tag.on", try(READING, 0, 0x5500000000000000 + PAGE_VA)->esr);
    show("tag.read", read_from(0x5500000000000008 + PAGE_VA));
    WRITE(tcr_el1, READ(tcr_el1) & ~(1ull << 37));
    WRITE(tcr_el1, READ(tcr_el1) | 1ull << 23);
    forget_translations();
    show("epd1.read", try(READING, 1, 0xffff000000000000 + PAGE_VA)->esr);
    WRITE(tcr_el1, READ(tcr_el1) & ~(1ull << 23));
    forget_translations();
}

#define INVALIDATE(name, operation, argument)                                                        \
    level3[0] = ADDRESS(page) | AP(1) | AF | SHARED | NORMAL | NOT_GLOBAL | PAGE;                    \
    forget_translations();                                                                           \
    show_in("tlbi." name, "before", read_from(PAGE_VA + 8));                                         \
    level3[0] = 0;                                                                                   \
    __asm__ volatile("dsb ish\ntlbi " operation "\ndsb ish\nisb" ::"r"((uint64_t)(argument)) : "memory"); \
    show_in("tlbi." name, "broken", try(READING, 1, PAGE_VA)->esr);                                  \
    level3[0] = ADDRESS(second) | AP(1) | AF | SHARED | NORMAL | NOT_GLOBAL | PAGE;                  \
    BARRIER();                                                                                       \
    show_in("tlbi." name, "after", read_from(PAGE_VA + 8));

static void look_at_invalidation(void) {
    INVALIDATE("vmalle1", "vmalle1", 0)
    INVALIDATE("vmalle1is", "vmalle1is", 0)
    INVALIDATE("vae1", "vae1, %0", PAGE_VA >> 12)
    INVALIDATE("vae1is", "vae1is, %0", PAGE_VA >> 12)
    INVALIDATE("vaae1", "vaae1, %0", PAGE_VA >> 12)
    INVALIDATE("vaae1is", "vaae1is, %0", PAGE_VA >> 12)
    INVALIDATE("vale1", "vale1, %0", PAGE_VA >> 12)
    INVALIDATE("vale1is", "vale1is, %0", PAGE_VA >> 12)
    INVALIDATE("vaale1", "vaale1, %0", PAGE_VA >> 12)
    INVALIDATE("vaale1is", "vaale1is, %0", PAGE_VA >> 12)
    INVALIDATE("aside1", "aside1, %0", 0)
    INVALIDATE("aside1is", "aside1is, %0", 0)
}

static void look_at_asids(void) {
    level3[0] = ADDRESS(page) | AP(1) | AF | SHARED | NORMAL | NOT_GLOBAL | PAGE;
    other3[0] = ADDRESS(second) | AP(1) | AF | SHARED | NORMAL | NOT_GLOBAL | PAGE;
    forget_translations();
    for (unsigned round = 0; round < 4; round++) {
        WRITE(ttbr0_el1, ADDRESS(level0) | 1ull << 48);
        show_of("asid", round, "first", read_from(PAGE_VA + 8));
        WRITE(ttbr0_el1, ADDRESS(other0) | 2ull << 48);
        show_of("asid", round, "second", read_from(PAGE_VA + 8));
        WRITE(ttbr0_el1, ADDRESS(other0) | 0x8000ull << 48);
        show_of("asid", round, "sixteen-bits", READ(ttbr0_el1) >> 48);
    }
    WRITE(ttbr0_el1, level0);
    forget_translations();
}

#define TRANSLATE(name, operation)                                              \
    __asm__ volatile("at " operation ", %0\nisb" ::"r"(PAGE_VA + 8) : "memory"); \
    par = READ(par_el1);                                                        \
    show_of("at", ap, name, (par & 1) != 0 ? par & 0x7f : (par & 0xfffffffff000) - ADDRESS(page));

static void look_at_address_translation(void) {
    uint64_t par = 0;
    for (unsigned ap = 0; ap < 4; ap++) {
        level3[0] = ADDRESS(page) | AP(ap) | AF | SHARED | NORMAL | PAGE;
        forget_translations();
        TRANSLATE("s1e1r", "s1e1r")
        TRANSLATE("s1e1w", "s1e1w")
        TRANSLATE("s1e0r", "s1e0r")
        TRANSLATE("s1e0w", "s1e0w")
    }
    unsigned ap = 9;
    level3[0] = 0;
    forget_translations();
    TRANSLATE("unmapped", "s1e1r")
}

// Code is written through one mapping, and executed through another.
static void look_at_written_code(void) {
    level3[0] = ADDRESS(page) | AP(3) | AF | SHARED | NORMAL | PAGE;
    level3[2] = ADDRESS(page) | XN(3) | AF | SHARED | NORMAL | PAGE;
    forget_translations();
    for (unsigned i = 0; i < 8; i++) {
        page[0] = 0;
        *(volatile uint32_t *)ALIAS_VA = 0xd4000001 | i << 5;
        publish_code((void *)ALIAS_VA);
        show_of("written", i, "el0", try(FETCHING, 0, PAGE_VA)->esr);
        show_of("written", i, "el1", try(FETCHING, 1, PAGE_VA)->esr);
    }
    page[0] = 0xd4000001;
    publish_code((void *)page);
}

static void look_at_wide_pages(void) {
    WRITE(sctlr_el1, SCTLR_OFF);
    wide2[0] = XN(3) | AF | BLOCK;
    wide2[2] = RAM | AF | SHARED | NORMAL | BLOCK;
    wide2[4] = ADDRESS(wide3) | TABLE;
    wide3[0] = (ADDRESS(level0) & ~0xffffull) | AP(1) | AF | SHARED | NORMAL | PAGE;
    wide3[1] = (ADDRESS(level0) & ~0xffffull) | AP(2) | AF | SHARED | NORMAL | PAGE;
    wide3[2] = (ADDRESS(level0) & ~0xffffull) | AP(1) | SHARED | NORMAL | PAGE;
    // A region of 32 bits of 64 KiB pages: the walk starts at level 2.
    WRITE(tcr_el1, 32ull | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 14 | 1 << 23 | 1ull << 32);
    WRITE(ttbr0_el1, wide2);
    forget_translations();
    WRITE(sctlr_el1, SCTLR_OFF | 1 | 1 << 2 | 1 << 12);
    uint64_t offset = ADDRESS(level0) & 0xffff;
    level0[511] = 0x3333;
    show("wide.read", read_from(0x80000000 + offset + 511 * 8));
    const uint64_t code = ADDRESS(read_code);
    const uint64_t store = ADDRESS(write_code);
    show("wide.write-read-only", corner_enter(store, MASKED | EL1H, 0x80010000 + offset + 4088, 0)->esr);
    show("wide.access-flag", corner_enter(code, MASKED | EL1H, 0x80020000 + offset, 0)->esr);
    show("wide.unmapped-3", corner_enter(code, MASKED | EL1H, 0x80030000, 0)->esr);
    show("wide.unmapped-2", corner_enter(code, MASKED | EL1H, 0xa0000000, 0)->esr);
    show("wide.outside", corner_enter(code, MASKED | EL1H, 0x100000000, 0)->esr);
    show("wide.el0", corner_enter(code, MASKED | EL0T, 0x80000000 + offset, 0)->esr);
    WRITE(sctlr_el1, SCTLR_OFF);
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    turn_on();
    look_at_permissions();
    look_at_access_flags();
    look_at_translation_faults();
    look_at_regions();
    look_at_invalidation();
    look_at_asids();
    look_at_address_translation();
    look_at_written_code();
    look_at_wide_pages();
    show("end", 0);
}
