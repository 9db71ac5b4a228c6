// PV time (DEN0057A): the existing calls, the structures of all CPUs, and stolen time.
#include "tap.inc"
        GUEST   "conform-pvtime.S"

        .equ    PV_TIME_FEATURES, 0xc5000020
        .equ    PV_TIME_ST, 0xc5000021
        .equ    STOLEN, 8

        .macro  FEATURE function, expected, name
        CALL    PV_TIME_FEATURES, \function
        EQUAL   \expected, "PV_TIME_FEATURES of \name (DEN0057A)"
        .endm

FUNCTION main
        bl      tap_begin
        CALL    PV_TIME_FEATURES, PV_TIME_ST
        cmn     x0, #1
        b.ne    1f
        SKIP    "PV_TIME_FEATURES", "optional and not there"
        b       tap_end
1:      CALL    ARCH_FEATURES, PV_TIME_FEATURES
        EQUAL32 0, "SMCCC_ARCH_FEATURES of PV_TIME_FEATURES (DEN0057A)"
        FEATURE PV_TIME_FEATURES, 0, "PV_TIME_FEATURES"
        FEATURE PV_TIME_ST, 0, "PV_TIME_ST"
        FEATURE 0xc5000022, NOT_SUPPORTED, "the function after the last"
        FEATURE 0x85000021, NOT_SUPPORTED, "PV_TIME_ST in SMC32, which there is not"
        FEATURE 0xc4000053, NOT_SUPPORTED, "another owner's function"
        CALL    0x85000021
        EQUAL32 NOT_SUPPORTED, "PV_TIME_ST in SMC32 is NOT_SUPPORTED (DEN0057A)"
        CALL    0xc5000022
        EQUAL   NOT_SUPPORTED, "an unknown function is NOT_SUPPORTED (DEN0028 5.2)"
        bl      structure
        bl      steals
        bl      structures
        b       tap_end
END_FUNCTION main

FUNCTION structure
        stp     x30, x19, [sp, #-16]!
        CALL    PV_TIME_ST
        mov     x19, x0
        cmn     x0, #1
        HOLDS   ne, "PV_TIME_ST returns an address (DEN0057A)"
        and     x0, x19, #63
        EQUAL   0, "the structure is aligned to 64 bytes (DEN0057A)"
        ldr     w0, [x19]
        EQUAL   0, "its revision is 0 (DEN0057A)"
        ldr     w0, [x19, #4]
        EQUAL   0, "its attributes are 0 (DEN0057A)"
        CALL    PV_TIME_ST
        cmp     x0, x19
        HOLDS   eq, "PV_TIME_ST returns the same address again (DEN0057A)"
        ADDRESS x0, structure_of
        str     x19, [x0]
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION structure

// Another CPU counts while this one makes calls: stolen time never decreases.
FUNCTION steals
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        NEEDS_CPUS 2, "stolen time never goes back (DEN0057A)", 9f
        ADDRESS x19, structure_of
        ldr     x19, [x19]
        ldr     x20, [x19, #STOLEN]
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , count_and_stop, 0
        mov     x21, #0                         // how often it decreased
        ADDRESS x0, done
1:      ldr     x1, [x19, #STOLEN]
        cmp     x1, x20
        cinc    x21, x21, lo
        mov     x20, x1
        CALL    PSCI_VERSION
        ADDRESS x0, done
        ldar    x0, [x0]
        cbz     x0, 1b
        mov     x0, x21
        EQUAL   0, "stolen time never goes back (DEN0057A)"
        bl      await_others_off
        ldr     x20, [x19, #STOLEN]
        CALL    PV_TIME_ST
        ldr     x21, [x19, #STOLEN]
        cmp     x21, x20
        ccmp    x21, #0, #4, lo
        HOLDS   eq, "PV_TIME_ST again takes nothing back, or begins at 0 (DEN0057A)"
        CALL    PSCI_VERSION
        ldr     x0, [x19, #STOLEN]
        cmp     x0, x21
        HOLDS   hs, "and it does not go back later (DEN0057A)"
9:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION steals

FUNCTION count_and_stop
        mov     x0, #10000
1:      subs    x0, x0, #1
        b.ne    1b
        ADDRESS x0, done
        mov     x1, #1
        stlr    x1, [x0]
2:      CALL    CPU_OFF
        wfi
        b       2b
END_FUNCTION count_and_stop

// Every CPU requests its own structure.
FUNCTION structures
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        NEEDS_CPUS 2, "every CPU has a structure of its own (DEN0057A)", 9f
        mov     x19, #1
1:      AFFINITY x1, x19
        mov     x3, x19
        CALL    CPU_ON, , ask_and_stop
        add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x20, [x0]
        cmp     x19, x20
        b.lo    1b
        bl      await_others_off
        EQUAL   0, "every CPU asked for its structure and turned itself off (DEN0022 5.5)"
        mov     x0, #0                          // pairs of CPUs with the same structure, or with none
        ADDRESS x1, structure_of
        mov     x2, #0
2:      ldr     x4, [x1, x2, lsl #3]
        cmp     x4, #0
        cinc    x0, x0, eq
        cmn     x4, #1
        cinc    x0, x0, eq
        add     x3, x2, #1
3:      cmp     x3, x20
        b.hs    4f
        ldr     x5, [x1, x3, lsl #3]
        cmp     x4, x5
        cinc    x0, x0, eq
        add     x3, x3, #1
        b       3b
4:      add     x2, x2, #1
        cmp     x2, x20
        b.lo    2b
        EQUAL   0, "every CPU has a structure of its own (DEN0057A)"
9:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION structures

// x0: number of the CPU
FUNCTION ask_and_stop
        mov     x19, x0
        CALL    PV_TIME_ST
        ADDRESS x1, structure_of
        str     x0, [x1, x19, lsl #3]
1:      CALL    CPU_OFF
        wfi
        b       1b
END_FUNCTION ask_and_stop

        .bss
        .balign 8
structure_of:
        .skip   8 * MAX_CPUS
done:   .skip   8
