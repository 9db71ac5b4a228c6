// The SMC Calling Convention (DEN0028 G): versions, architecture calls, unknown functions of every owner, and registers that a
// call keeps.
#include "tap.inc"
        GUEST   "conform-smccc.S"

        .equ    SOC_ID, 0x80000002
        .equ    SOC_ID_64, 0xc0000002
        .equ    WORKAROUND_1, 0x80008000
        .equ    WORKAROUND_2, 0x80007fff
        .equ    WORKAROUND_3, 0x80003fff
        .equ    WORKAROUND_4, 0x80000004
        .equ    VERSION_1_3, 0x10003
        .equ    INVALID_PARAMETER, -3

FUNCTION main
        bl      tap_begin
        bl      version
        bl      unknown
        bl      preserved
        bl      conduits
        bl      architecture
        b       tap_end
END_FUNCTION main

FUNCTION version
        stp     x30, x19, [sp, #-16]!
        CALL    SMCCC_VERSION
        sxtw    x19, w0
        ADDRESS x1, smccc_version
        str     x19, [x1]
        cmn     x19, #1
        b.eq    1f
        mov     x0, x19
        sub     x0, x0, #0x10000
        sub     x0, x0, #1
        cmp     x0, #5
        HOLDS   ls, "SMCCC_VERSION is 1.1 to 1.6 (DEN0028 7.2)"
        CALL    PSCI_FEATURES, SMCCC_VERSION
        EQUAL32 0, "PSCI_FEATURES knows SMCCC_VERSION (DEN0028 7.2, DEN0022 5.16)"
        CALL    0xc0000000
        EQUAL   NOT_SUPPORTED, "SMCCC_VERSION has no SMC64 form (DEN0028 7.2)"
        b       2f
1:      SKIP    "SMCCC_VERSION", "SMCCC 1.0, which has none"
2:      CALL    0x84020000
        EQUAL32 NOT_SUPPORTED, "a fast call with bit 17 set is unknown (DEN0028 2.5)"
        CALL    0x84800000
        EQUAL32 NOT_SUPPORTED, "a fast call with bit 23 set is unknown (DEN0028 2.5)"
        ldr     x0, =VERSION_1_3
        cmp     x19, x0
        b.ge    3f
        CALL    0x84010000
        EQUAL32 NOT_SUPPORTED, "a fast call with bit 16 set is unknown before 1.3 (DEN0028 2.5)"
        b       4f
3:      CALL    PSCI_VERSION
        mov     w19, w0
        CALL    0x84010000
        cmp     w0, w19
        HOLDS   eq, "bit 16 of a fast call is a hint from 1.3 on (DEN0028 2.5)"
4:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION version

// Fills x1 to x17 and x18 to x28 with patterns, makes the call in x0, and stores x0, x1 to x30 and SP in `after`.
// conduit: hvc or smc
        .macro  PATTERNED name, conduit
FUNCTION \name
        sub     sp, sp, #112
        stp     x29, x30, [sp]
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        mov     x1, sp
        str     x1, [sp, #96]
        ADDRESS x30, patterns
        .irp    n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27
        PAIR    \n
        .endr
        ldr     x29, [x30, #8 * 29]
        ldr     x30, [x30, #8 * 30]
        \conduit #0
        msr     tpidr_el0, x0
        ADDRESS x0, after
        str     x1, [x0, #8]
        .irp    n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        STORE   \n
        .endr
        str     x30, [x0, #8 * 30]
        mrs     x1, tpidr_el0
        str     x1, [x0]
        mov     x1, sp
        str     x1, [x0, #8 * 31]
        ldr     x2, [sp, #96]
        cmp     x1, x2                          // what SP was
        cset    x1, ne
        str     x1, [x0, #8 * 32]
        ldr     x0, [x0]
        ldp     x29, x30, [sp]
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        add     sp, sp, #112
        ret
END_FUNCTION \name
        .endm

        .altmacro
        .macro  PAIR n
        PAIR_   \n, %(\n + 1)
        .endm
        .macro  PAIR_ n, m
        ldp     x\n, x\m, [x30, #8 * \n]
        .endm
        .macro  STORE n
        STORE_  \n, %(\n + 1)
        .endm
        .macro  STORE_ n, m
        stp     x\n, x\m, [x0, #8 * \n]
        .endm
        PATTERNED call_hvc, hvc
        PATTERNED call_smc, smc
        .noaltmacro

// The number of registers xM to xN that changed in the last patterned call; M and N in x0 and x1.
FUNCTION changed
        ADDRESS x2, patterns
        ADDRESS x3, after
        mov     x4, x0
        mov     x0, #0
1:      ldr     x5, [x2, x4, lsl #3]
        ldr     x6, [x3, x4, lsl #3]
        cmp     x5, x6
        cinc    x0, x0, ne
        add     x4, x4, #1
        cmp     x4, x1
        b.ls    1b
        ret
END_FUNCTION changed

// Calls number 0x7f5a of the owners x20 to x21 with the bits of x22: counts in x23 results that are not -1, and in x24 changed registers.
        .macro  OWNERS first, last, bits, name
        mov     x20, #\first
        ldr     x22, =\bits
        mov     x23, #0
        mov     x24, #0
.Lowner\@:
        ldr     x0, =0x7f5a
        orr     x0, x0, x22
        orr     x0, x0, x20, lsl #24
        bl      call_hvc
        tbnz    x22, #30, .Lwide\@
        sxtw    x0, w0
.Lwide\@:
        cmn     x0, #1
        cinc    x23, x23, ne
        mov     x0, #1
        mov     x1, #30
        bl      changed
        add     x24, x24, x0
        add     x20, x20, #1
        cmp     x20, #\last
        b.ls    .Lowner\@
        mov     x0, x23
        EQUAL   0, "unknown functions of owners \first to \last, \name: -1 (DEN0028 5.2)"
        mov     x0, x24
        EQUAL   0, "unknown functions of owners \first to \last, \name: x1 to x30 stay as they are (DEN0028 2.6, 5.2)"
        .endm

FUNCTION unknown
        stp     x30, x19, [sp, #-64]!
        stp     x20, x21, [sp, #16]
        stp     x22, x23, [sp, #32]
        str     x24, [sp, #48]
        OWNERS  0, 63, 0x80000000, "fast SMC32"
        OWNERS  0, 63, 0xc0000000, "fast SMC64"
        OWNERS  2, 63, 0x00000000, "yielding SMC32"
        OWNERS  2, 63, 0x40000000, "yielding SMC64"
        CALL    0x80ff0000
        EQUAL32 NOT_SUPPORTED, "function 0x80ff0000 is unknown (DEN0028 5.2)"
        ldr     x24, [sp, #48]
        ldp     x22, x23, [sp, #32]
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #64
        ret
END_FUNCTION unknown

        .macro  KEEPS function, name, conduit, first
        ldr     x0, =\function
        bl      call_\conduit
        mov     x0, #\first
        mov     x1, #30
        bl      changed
        ADDRESS x1, after
        ldr     x1, [x1, #8 * 32]
        add     x0, x0, x1
        EQUAL   0, "\name keeps x\first to x30 and SP (DEN0028 2.6)"
        .endm

FUNCTION preserved
        str     x30, [sp, #-16]!
        KEEPS   PSCI_VERSION, "PSCI_VERSION", hvc, 4
        KEEPS   AFFINITY_INFO, "AFFINITY_INFO in SMC64", hvc, 4
        KEEPS   AFFINITY_INFO_32, "AFFINITY_INFO in SMC32", hvc, 4
        KEEPS   CPU_ON, "CPU_ON that fails", hvc, 4
        KEEPS   0x3000f00d, "yielding call 0x3000f00d", hvc, 1
        ldr     x0, =PSCI_VERSION
        bl      call_hvc
        ADDRESS x2, patterns
        ADDRESS x3, after
        mov     x0, #0
        mov     x1, #1
1:      ldr     x5, [x2, x1, lsl #3]
        ldr     x6, [x3, x1, lsl #3]
        cmp     x6, #0
        ccmp    x5, x6, #4, ne
        cinc    x0, x0, ne
        add     x1, x1, #1
        cmp     x1, #3
        b.ls    1b
        EQUAL   0, "PSCI_VERSION keeps x1 to x3 or clears them (DEN0028 2.6)"
        bl      vectors_kept
        ldr     x30, [sp], #16
        ret
END_FUNCTION preserved

// The lower halves of v0 to v31, and FPSR's flags.
FUNCTION vectors_kept
        str     x30, [sp, #-16]!
        ADDRESS x1, patterns
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ldr     q\n, [x1, #16 * \n]
        .endr
        CALL    PSCI_VERSION
        mov     x0, #0
        ADDRESS x1, patterns
        ADDRESS x2, vector_after
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        str     q\n, [x2, #16 * \n]
        .endr
        mov     x3, #0
1:      ldr     x4, [x1, x3, lsl #3]
        ldr     x5, [x2, x3, lsl #3]
        cmp     x4, x5
        cinc    x0, x0, ne
        add     x3, x3, #1
        cmp     x3, #64
        b.lo    1b
        EQUAL   0, "PSCI_VERSION keeps v0 to v31 (DEN0028 2.6)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION vectors_kept

FUNCTION conduits
        stp     x30, x19, [sp, #-16]!
        CALL    PSCI_VERSION
        mov     w19, w0
        ldr     x0, =PSCI_VERSION
        hvc     #1
        EQUAL32 NOT_SUPPORTED, "HVC with an #imm of 1 is no call of the convention (DEN0028 2.9)"
        ldr     x0, =PSCI_VERSION
        smc     #0
        ldr     x1, =UNDEFINED
        cmp     x0, x1
        b.eq    1f
        cmp     w0, w19
        HOLDS   eq, "SMC is answered as HVC is (DEN0028 3)"
        KEEPS   AFFINITY_INFO, "AFFINITY_INFO by SMC", smc, 4
        KEEPS   0x3000f00d, "yielding call 0x3000f00d by SMC", smc, 1
        ldr     x0, =PSCI_VERSION
        smc     #1
        EQUAL32 NOT_SUPPORTED, "SMC with an #imm of 1 is unknown (DEN0028 2.9)"
        b       2f
1:      SKIP    "SMC as a conduit", "optional and not there"
2:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION conduits

        .macro  WORKAROUND function, name
        CALL    ARCH_FEATURES, \function
        sxtw    x19, w0
        add     x0, x19, #2                     // -2 is only for WORKAROUND_2
        cmp     x0, #3
        HOLDS   ls, "SMCCC_ARCH_FEATURES of \name is -2 to 1 (DEN0028 7)"
        tbnz    x19, #63, .Lnone\@
        ldr     x0, =\function
        bl      call_hvc
        mov     x0, #4
        mov     x1, #30
        bl      changed
        EQUAL   0, "\name keeps x4 to x30 (DEN0028 7)"
.Lnone\@:
        .endm

FUNCTION architecture
        stp     x30, x19, [sp, #-16]!
        ADDRESS x0, smccc_version
        ldr     x0, [x0]
        tbz     x0, #63, 1f
        SKIP    "SMCCC_ARCH_FEATURES", "SMCCC 1.0, which has none"
        b       9f
1:      CALL    ARCH_FEATURES, SMCCC_VERSION
        EQUAL32 0, "SMCCC_ARCH_FEATURES of SMCCC_VERSION (DEN0028 7.3)"
        CALL    ARCH_FEATURES, ARCH_FEATURES
        EQUAL32 0, "SMCCC_ARCH_FEATURES of itself (DEN0028 7.3)"
        CALL    ARCH_FEATURES, 0x8000abcd
        EQUAL32 NOT_SUPPORTED, "SMCCC_ARCH_FEATURES of an unknown function (DEN0028 7.3)"
        CALL    ARCH_FEATURES, 0xffffffff
        EQUAL32 NOT_SUPPORTED, "SMCCC_ARCH_FEATURES of all ones (DEN0028 7.3)"
        WORKAROUND WORKAROUND_1, "SMCCC_ARCH_WORKAROUND_1"
        WORKAROUND WORKAROUND_2, "SMCCC_ARCH_WORKAROUND_2"
        WORKAROUND WORKAROUND_3, "SMCCC_ARCH_WORKAROUND_3"
        WORKAROUND WORKAROUND_4, "SMCCC_ARCH_WORKAROUND_4"
        CALL    ARCH_FEATURES, SOC_ID
        tbz     w0, #31, 2f
        SKIP    "SMCCC_ARCH_SOC_ID", "optional and not there"
        b       9f
2:      CALL    SOC_ID, 0
        tst     w0, #1 << 31
        HOLDS   eq, "SMCCC_ARCH_SOC_ID of type 0 has bit 31 clear (DEN0028 7.4)"
        CALL    SOC_ID, 1
        tst     w0, #1 << 31
        HOLDS   eq, "SMCCC_ARCH_SOC_ID of type 1 has bit 31 clear (DEN0028 7.4)"
        CALL    SOC_ID, 2
        EQUAL32 INVALID_PARAMETER, "SMCCC_ARCH_SOC_ID of type 2 is for SMC64 alone (DEN0028 7.4)"
        CALL    SOC_ID, 3
        EQUAL32 INVALID_PARAMETER, "SMCCC_ARCH_SOC_ID of type 3 is INVALID_PARAMETER (DEN0028 7.4)"
        CALL    ARCH_FEATURES, SOC_ID_64
        tbz     w0, #31, 3f
        SKIP    "SMCCC_ARCH_SOC_ID of type 2", "optional and not there"
        b       9f
3:      bl      soc_name
9:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION architecture

// The name: printable, ended by zeros, in x1 to x17. It is returned in the patterned registers.
FUNCTION soc_name
        stp     x30, x19, [sp, #-16]!
        ADDRESS x0, patterns
        ldr     x19, [x0, #8]
        mov     x1, #2
        str     x1, [x0, #8]
        ldr     x0, =SOC_ID_64
        bl      call_hvc
        ADDRESS x1, patterns
        str     x19, [x1, #8]
        EQUAL   0, "SMCCC_ARCH_SOC_ID of type 2 in SMC64 is SUCCESS (DEN0028 7.4)"
        mov     x0, #18
        mov     x1, #30
        bl      changed
        EQUAL   0, "SMCCC_ARCH_SOC_ID of type 2 keeps x18 to x30 (DEN0028 2.6)"
        ADDRESS x1, after + 8
        mov     x0, #0
        ldrb    w2, [x1]
        cbz     w2, 3f                          // an empty name
        mov     x3, #0
1:      ldrb    w2, [x1, x3]
        cbz     w2, 2f
        sub     w2, w2, #' '
        cmp     w2, #'~' - ' '
        b.hi    3f
        add     x3, x3, #1
        cmp     x3, #136
        b.lo    1b
        b       3f                              // no end
2:      ldrb    w2, [x1, x3]
        cbnz    w2, 3f
        add     x3, x3, #1
        cmp     x3, #136
        b.lo    2b
        mov     x0, #1
3:      TEXT    x1, "SMCCC_ARCH_SOC_ID of type 2 returns ASCII and then zeros (DEN0028 7.4)"
        bl      tap_ok
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION soc_name

        .data
        .balign 16
patterns:
        .set    n, 0
        .rept   64
        .quad   0xa5c3000000000000 | n << 32 | n << 8 | (0xff - n)
        .set    n, n + 1
        .endr

        .bss
        .balign 16
after:  .skip   8 * 34
        .balign 16
vector_after:
        .skip   16 * 32
smccc_version:
        .skip   8
