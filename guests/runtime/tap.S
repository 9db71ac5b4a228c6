// The Test Anything Protocol, and other functions of the conformance guests.
#include "tap.inc"
        GUEST   "tap.S"

        .lcomm  tap_count, 8
        .bss
        .balign 8
        .global cpu_count
cpu_count:
        .skip   8
        .global cpus
cpus:   .skip   8 * MAX_CPUS                    // affinity fields, by number

// Begins: exceptions, the first line, and the CPUs.
FUNCTION tap_begin
        str     x30, [sp, #-16]!
        ADDRESS x0, vectors
        msr     vbar_el1, x0
        isb
        TEXT    x0, "TAP version 13\n"
        bl      print
        bl      find_cpus
        ldr     x30, [sp], #16
        ret
END_FUNCTION tap_begin

// Ends: prints the number of checks, and calls SYSTEM_OFF.
FUNCTION tap_end
        TEXT    x0, "1.."
        bl      print
        ADDRESS x0, tap_count
        ldr     x0, [x0]
        bl      print_decimal
        mov     w0, #'\n'
        bl      put_char
        b       power_off
END_FUNCTION tap_end

// x0: whether the condition is true, x1: text
FUNCTION tap_ok
        stp     x30, x19, [sp, #-16]!
        mov     x19, x1
        cbnz    x0, 1f
        TEXT    x0, "not "
        bl      print
1:      mov     x0, x19
        bl      tap_line
        mov     w0, #'\n'
        bl      put_char
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_ok

// x0: actual value, x1: expected value, x2: text
FUNCTION tap_equal
        stp     x30, x19, [sp, #-32]!
        stp     x0, x1, [sp, #16]
        mov     x19, x2
        cmp     x0, x1
        cset    x0, eq
        mov     x1, x2
        bl      tap_ok
        ldp     x1, x2, [sp, #16]
        cmp     x1, x2
        b.eq    1f
        TEXT    x0, "# got %x, expected %x"
        bl      print_line
1:      ldp     x30, x19, [sp], #32
        ret
END_FUNCTION tap_equal

// x0: text, x1: reason
FUNCTION tap_skip
        stp     x30, x19, [sp, #-16]!
        mov     x19, x1
        bl      tap_line
        TEXT    x0, " # SKIP "
        bl      print
        mov     x0, x19
        bl      print
        mov     w0, #'\n'
        bl      put_char
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_skip

// "ok", the number of the check, and its text in x0
FUNCTION tap_line
        stp     x30, x19, [sp, #-16]!
        mov     x19, x0
        TEXT    x0, "ok "
        bl      print
        ADDRESS x1, tap_count
        ldr     x0, [x1]
        add     x0, x0, #1
        str     x0, [x1]
        bl      print_decimal
        TEXT    x0, " - "
        bl      print
        mov     x0, x19
        bl      print
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_line

// Fills `cpus` with the CPUs that AFFINITY_INFO accepts: clusters of up to 16, numbered by Aff1.
FUNCTION find_cpus
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        mov     x19, #0                         // Aff1
        mov     x20, #0                         // how many
1:      mov     x21, #0                         // Aff0
2:      orr     x1, x21, x19, lsl #8
        CALL    AFFINITY_INFO, , 0
        tbnz    w0, #31, 3f
        orr     x1, x21, x19, lsl #8
        ADDRESS x0, cpus
        str     x1, [x0, x20, lsl #3]
        add     x20, x20, #1
        add     x21, x21, #1
        cmp     x21, #16
        b.lo    2b
3:      add     x19, x19, #1
        cmp     x20, #MAX_CPUS
        b.hs    4f
        cbnz    x21, 1b                         // a cluster without CPUs is after the last
4:      ADDRESS x0, cpu_count
        str     x20, [x0]
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION find_cpus

// The number of the calling CPU, in x0. Also changes x1 to x3. Needs no stack.
FUNCTION my_number
        mrs     x1, mpidr_el1
        ldr     x2, =0xff00ffffff
        and     x1, x1, x2
        ADDRESS x2, cpus
        mov     x0, #0
1:      ldr     x3, [x2, x0, lsl #3]
        cmp     x1, x3
        b.eq    2f
        add     x0, x0, #1
        cmp     x0, #MAX_CPUS
        b.lo    1b
2:      ret
END_FUNCTION my_number

// Waits until AFFINITY_INFO of the CPU with the number in x0 returns x1, at most one second. x0: its last result.
FUNCTION await_state
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        AFFINITY x19, x0
        mov     x20, x1
        mrs     x21, cntvct_el0
        ldr     x0, =SECOND
        add     x21, x21, x0
1:      mov     x1, x19
        CALL    AFFINITY_INFO, , 0
        cmp     x0, x20
        b.eq    2f
        mrs     x1, cntvct_el0
        cmp     x1, x21
        b.lo    1b
2:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION await_state

// Waits until all CPUs except the calling one are off, at most one second for each. x0: the number of CPUs that are not off.
FUNCTION await_others_off
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        bl      my_number
        mov     x21, x0
        mov     x19, #0
        mov     x20, #0
1:      cmp     x19, x21
        b.eq    2f
        mov     x0, x19
        mov     x1, #STATE_OFF
        bl      await_state
        cmp     x0, #STATE_OFF
        cinc    x20, x20, ne
2:      add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x0, [x0]
        cmp     x19, x0
        b.lo    1b
        mov     x0, x20
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION await_others_off

// Waits until the 64-bit word at x0 is x1 or more, at most one second. It waits with calls: if CPUs take turns, each call lets
// another CPU continue. x0: the last value. Needs no stack.
FUNCTION await_word
        mov     x9, x0
        mov     x10, x1
        mrs     x11, cntvct_el0
        ldr     x12, =SECOND
        add     x11, x11, x12
1:      ldar    x12, [x9]
        cmp     x12, x10
        b.hs    2f
        CALL    PSCI_VERSION
        mrs     x13, cntvct_el0
        cmp     x13, x11
        b.lo    1b
2:      mov     x0, x12
        ret
END_FUNCTION await_word

// Adds one to the 64-bit word at x0; x0 is the sum. Also changes x1 and w2. Needs no stack.
FUNCTION count_up
1:      ldaxr   x1, [x0]
        add     x1, x1, #1
        stlxr   w2, x1, [x0]
        cbnz    w2, 1b
        mov     x0, x1
        ret
END_FUNCTION count_up

// An undefined instruction is skipped, and x0 is UNDEFINED: SMC is undefined on a machine without it. Every other exception ends
// the guest.
        .text
        .balign 2048
        .global vectors
vectors:
        .rept   4
        b       unexpected
        .balign 128
        .endr
        msr     tpidr_el1, x1
        mrs     x1, esr_el1
        lsr     x1, x1, #26                     // exception class: 0 is undefined
        cbnz    x1, unexpected
        mrs     x1, elr_el1
        add     x1, x1, #4
        msr     elr_el1, x1
        mrs     x1, tpidr_el1
        ldr     x0, =UNDEFINED
        eret
        .balign 128
        .rept   11
        b       unexpected
        .balign 128
        .endr

unexpected:
        TEXT    x0, "Bail out! exception %x at %x"
        mrs     x1, esr_el1
        mrs     x2, elr_el1
        bl      print_line
        b       power_off
        .ltorg
