// The vendor-hypervisor owner (DEN0028 6): its identity, its features, and KVM's clock for PTP.
#include "tap.inc"
        GUEST   "conform-vendor.S"

        .equ    FEATURES, 0x86000000
        .equ    PTP, 0x86000001
        .equ    UID, 0x8600ff01
        .equ    REVISION, 0x8600ff03
        .equ    VIRTUAL, 0
        .equ    PHYSICAL, 1

FUNCTION main
        bl      tap_begin
        CALL    UID
        cmn     w0, #1
        b.ne    1f
        SKIP    "the UID of the vendor hypervisor", "optional and not there"
        b       tap_end
1:      mov     w19, w0
        mov     w20, w1
        mov     w21, w2
        mov     w22, w3
        orr     w0, w0, w1
        orr     w0, w0, w2
        orr     w0, w0, w3
        cmp     w0, #0
        HOLDS   ne, "the UID is not all zeros (DEN0028 6.2)"
        CALL    UID
        cmp     w0, w19
        ccmp    w1, w20, #0, eq
        ccmp    w2, w21, #0, eq
        ccmp    w3, w22, #0, eq
        HOLDS   eq, "the UID is the same each time (DEN0028 6.2)"
        CALL    0xc600ff01
        EQUAL   NOT_SUPPORTED, "the UID has no SMC64 form (DEN0028 6.2)"
        CALL    FEATURES
        mov     w19, w0
        tst     w0, #1
        HOLDS   ne, "FEATURES has its own bit"
        CALL    0x8600ffff
        EQUAL32 NOT_SUPPORTED, "an unknown function is NOT_SUPPORTED (DEN0028 5.2)"
        tbnz    w19, #1, 2f
        SKIP    "PTP", "optional and not there"
        b       tap_end
2:      bl      ptp
        b       tap_end
END_FUNCTION main

        .macro  COUNTER kind, register, name
        mrs     x20, \register
        CALL    PTP, \kind
        mrs     x24, \register
        mov     w1, w1
        orr     x21, x1, x0, lsl #32            // nanoseconds
        mov     w3, w3
        orr     x22, x3, x2, lsl #32            // counter
        tbz     w0, #31, .Lgood\@
        mov     x22, #0
.Lgood\@:
        cmp     x22, x20
        HOLDS   hs, "PTP's \name counter is not behind the one read before (ptp_kvm)"
        cmp     x22, x24
        HOLDS   ls, "PTP's \name counter is not ahead of the one read after (ptp_kvm)"
        .endm

FUNCTION ptp
        stp     x30, x19, [sp, #-16]!
        COUNTER VIRTUAL, cntvct_el0, "virtual"
        mov     x25, x21
        mov     x26, x22
        COUNTER PHYSICAL, cntpct_el0, "physical"
        COUNTER VIRTUAL, cntvct_el0, "virtual, later,"
        subs    x0, x21, x25
        HOLDS   hs, "PTP's time does not go back (ptp_kvm)"
        sub     x0, x21, x25                    // nanoseconds that passed, and the same from the counter: 16 for each tick
        sub     x1, x22, x26
        cmp     x0, x1, lsl #4
        HOLDS   eq, "PTP's time goes on with its counter, 16 ns a tick (ptp_kvm)"
        CALL    PTP, 2
        EQUAL32 NOT_SUPPORTED, "PTP of a third counter is NOT_SUPPORTED (ptp_kvm)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION ptp
