// TRNG 1.0 (DEN0098): the existing calls, the identity, the limits, and which bits are zero.
#include "tap.inc"
        GUEST   "conform-trng.S"

        .equ    TRNG_VERSION, 0x84000050
        .equ    TRNG_FEATURES, 0x84000051
        .equ    TRNG_GET_UUID, 0x84000052
        .equ    TRNG_RND32, 0x84000053
        .equ    TRNG_RND64, 0xc4000053

        .macro  FEATURE function, expected, name
        CALL    TRNG_FEATURES, \function
        EQUAL32 \expected, "TRNG_FEATURES of \name (DEN0098 2.2)"
        .endm

FUNCTION main
        bl      tap_begin
        CALL    TRNG_VERSION
        sxtw    x0, w0
        cmn     x0, #1
        b.ne    1f
        SKIP    "TRNG_VERSION", "optional and not there"
        b       tap_end
1:      EQUAL   0x10000, "TRNG_VERSION is 1.0 (DEN0098 2.1)"
        FEATURE TRNG_VERSION, 0, "TRNG_VERSION"
        FEATURE TRNG_FEATURES, 0, "TRNG_FEATURES"
        FEATURE TRNG_GET_UUID, 0, "TRNG_GET_UUID"
        FEATURE TRNG_RND32, 0, "TRNG_RND32"
        FEATURE TRNG_RND64, 0, "TRNG_RND64"
        FEATURE 0x84000054, NOT_SUPPORTED, "the function after the last"
        FEATURE 0xc4000050, NOT_SUPPORTED, "TRNG_VERSION in SMC64, which there is not"
        FEATURE 0x86000001, NOT_SUPPORTED, "another owner's function"
        FEATURE PSCI_VERSION, NOT_SUPPORTED, "another service's function"
        CALL    ARCH_FEATURES, TRNG_RND64
        EQUAL32 NOT_SUPPORTED, "SMCCC_ARCH_FEATURES of TRNG_RND64 is NOT_SUPPORTED (DEN0028 7.3)"
        CALL    TRNG_GET_UUID
        cmn     w0, #1
        HOLDS   ne, "TRNG_GET_UUID returns no error in w0 (DEN0098 2.3)"
        bl      limits
        bl      zeros
        bl      every_width
        bl      two_draws
        bl      preserved
        b       tap_end
END_FUNCTION main

FUNCTION limits
        str     x30, [sp, #-16]!
        CALL    TRNG_RND32, 0
        EQUAL32 INVALID_PARAMETERS, "TRNG_RND32 of 0 bits is INVALID_PARAMETERS (DEN0098 2.4)"
        CALL    TRNG_RND32, 97
        EQUAL32 INVALID_PARAMETERS, "TRNG_RND32 of 97 bits is INVALID_PARAMETERS (DEN0098 2.4)"
        CALL    TRNG_RND32, 0xffffffff
        EQUAL32 INVALID_PARAMETERS, "TRNG_RND32 of 4294967295 bits is INVALID_PARAMETERS (DEN0098 2.4)"
        CALL    TRNG_RND64, 0
        EQUAL   INVALID_PARAMETERS, "TRNG_RND64 of 0 bits is INVALID_PARAMETERS (DEN0098 2.4)"
        CALL    TRNG_RND64, 193
        EQUAL   INVALID_PARAMETERS, "TRNG_RND64 of 193 bits is INVALID_PARAMETERS (DEN0098 2.4)"
        CALL    TRNG_RND32, 96
        EQUAL32 0, "TRNG_RND32 of 96 bits is SUCCESS (DEN0098 2.4)"
        CALL    TRNG_RND64, 192
        EQUAL   0, "TRNG_RND64 of 192 bits is SUCCESS (DEN0098 2.4)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION limits

FUNCTION zeros
        str     x30, [sp, #-16]!
        CALL    TRNG_RND32, 1
        lsr     w3, w3, #1
        orr     w0, w0, w1
        orr     w0, w0, w2
        orr     w0, w0, w3
        EQUAL32 0, "TRNG_RND32 of 1 bit has it in bit 0 of w3 and zeros elsewhere (DEN0098 2.4)"
        CALL    TRNG_RND32, 95
        orr     w0, w0, w1, lsr #31
        EQUAL32 0, "TRNG_RND32 of 95 bits has a zero in bit 31 of w1 (DEN0098 2.4)"
        CALL    TRNG_RND64, 1
        lsr     x3, x3, #1
        orr     x0, x0, x1
        orr     x0, x0, x2
        orr     x0, x0, x3
        EQUAL   0, "TRNG_RND64 of 1 bit has it in bit 0 of x3 and zeros elsewhere (DEN0098 2.4)"
        CALL    TRNG_RND64, 191
        orr     x0, x0, x1, lsr #63
        EQUAL   0, "TRNG_RND64 of 191 bits has a zero in bit 63 of x1 (DEN0098 2.4)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION zeros

// A hundred draws of each width: higher bits are always zero, and each other bit was 0 once and 1 once.
        .macro  DRAWS function, bits, mask1, mask2, mask3, text
        ldr     x19, =100
        mov     x20, #0                         // bits that were set but must be zero
        mov     x21, #0                         // bits of x1, x2 and x3 that were 1 once
        mov     x22, #0
        mov     x23, #0
.Lagain\@:
        CALL    \function, \bits
        orr     x20, x20, x0
        ldr     x4, =\mask1
        bic     x5, x1, x4
        orr     x20, x20, x5
        ldr     x4, =\mask2
        bic     x5, x2, x4
        orr     x20, x20, x5
        ldr     x4, =\mask3
        bic     x5, x3, x4
        orr     x20, x20, x5
        orr     x21, x21, x1
        orr     x22, x22, x2
        orr     x23, x23, x3
        subs    x19, x19, #1
        b.ne    .Lagain\@
        mov     x0, x20
        EQUAL   0, "\text: zeros above"
        ldr     x1, =\mask1
        eor     x0, x21, x1
        ldr     x1, =\mask2
        eor     x1, x22, x1
        orr     x0, x0, x1
        ldr     x1, =\mask3
        eor     x1, x23, x1
        orr     x0, x0, x1
        EQUAL   0, "\text: every bit is 1 sometimes"
        .endm

FUNCTION every_width
        stp     x30, x19, [sp, #-16]!
        DRAWS   TRNG_RND64, 70, 0, 0x3f, 0xffffffffffffffff, "TRNG_RND64 of 70 bits, 100 times (DEN0098 2.4)"
        DRAWS   TRNG_RND32, 45, 0, 0x1fff, 0xffffffff, "TRNG_RND32 of 45 bits, 100 times (DEN0098 2.4)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION every_width

FUNCTION two_draws
        stp     x30, x19, [sp, #-16]!
        CALL    TRNG_RND64, 192
        mov     x19, x3
        CALL    TRNG_RND64, 192
        cmp     x3, x19
        HOLDS   ne, "TRNG_RND64 returns other bits each time (DEN0098 2.4)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION two_draws

FUNCTION preserved
        str     x30, [sp, #-16]!
        ldr     x4, =0x4444444444444444
        ldr     x17, =0x1717171717171717
        CALL    TRNG_RND64, 192
        ldr     x0, =0x4444444444444444
        cmp     x4, x0
        ldr     x0, =0x1717171717171717
        ccmp    x17, x0, #0, eq
        HOLDS   eq, "TRNG_RND64 keeps x4 and x17 (DEN0028 2.6)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION preserved
