// Every CPU computes in all of x0 to x30, SP, NZCV and v0 to v31 at once, without memory, while SDEI events (DEN0054)
// occur; a pass always ends with the same checksum. A CPU continues until a pass had no event. EXIT 0 if every checksum was correct.
#include "sdei.inc"
        GUEST   "sdei-checksum.S"

        .equ    ROUNDS, 400                     // of a pass
        .equ    CHECKSUM, 0x75066951dfdd2175    // the value without events
        .equ    PRIVATE_CRITICAL, 806           // if the machine has it
        .equ    FNV_PRIME, 0x100000001b3
        .equ    FNV_START, 0xcbf29ce484222325

// The data of a CPU; TPIDR_EL1 points to it.
        .equ    STACK, 0
        .equ    STATE, 16                       // x0 to x30, SP, NZCV, v0 to v31
        .equ    STATE_VECTORS, STATE + 8 * 34
        .equ    STATE_WORDS, 34 + 2 * 32
        .equ    NORMAL_SAVED, 1024
        .equ    CRITICAL_SAVED, 1280
        .equ    NORMAL_COUNT, 1536
        .equ    CRITICAL_COUNT, 1544
        .equ    IN_NORMAL, 1552
        .equ    NEXT_CPU, 1560                  // its affinity
        .equ    AREA_SHIFT, 11

        .macro  MIX a, b, c, d, e, f, g, h
        adcs    x\a, x\a, x\e
        eor     x\b, x\b, x\f, ror #13
        csinc   x\c, x\c, x\g, pl
        sbcs    x\d, x\h, x\d
        .endm

        .macro  VECTORS a, b, c, d, e, f, g, h, next
        add     v\a\().2d, v\a\().2d, v\b\().2d
        eor     v\b\().16b, v\b\().16b, v\c\().16b
        sub     v\c\().2d, v\d\().2d, v\c\().2d
        ext     v\d\().16b, v\d\().16b, v\e\().16b, #5
        add     v\e\().4s, v\e\().4s, v\f\().4s
        eor     v\f\().16b, v\f\().16b, v\g\().16b
        sub     v\g\().2d, v\h\().2d, v\g\().2d
        ext     v\h\().16b, v\h\().16b, v\next\().16b, #11
        .endm

        .macro  EACH_X operation
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        \operation \n
        .endr
        .endm

        .macro  EACH_V operation
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        \operation \n
        .endr
        .endm

        .macro  START_X n
        ldr     x\n, =0x0123456789abcdef * (2 * \n + 1)
        .endm

        .macro  START_V n
        dup     v\n\().2d, x7
        ror     x7, x7, #7
        .endm

        .macro  STORE_X n
        .if     \n > 0
        str     x\n, [x0, #STATE + 8 * \n]
        .endif
        .endm

        .macro  STORE_V n
        str     q\n, [x0, #STATE_VECTORS + 16 * \n]
        .endm

FUNCTION main
        bl      count_cpus
        ADDRESS x1, count
        str     x0, [x1]
        ADDRESS x0, compute
        bl      start_others
        mov     w0, #0
        bl      compute
        bl      wait_for_others
        WORD    x20, deliveries
        mov     x19, #0                         // the counts of the CPUs
        mov     x21, #0                         // how many of these were critical
        ADDRESS x1, areas
        mov     x2, #MAX_CPUS
1:      ldr     x3, [x1, #NORMAL_COUNT]
        add     x19, x19, x3
        ldr     x3, [x1, #CRITICAL_COUNT]
        add     x19, x19, x3
        add     x21, x21, x3
        add     x1, x1, #1 << AREA_SHIFT
        sub     x2, x2, #1
        cbnz    x2, 1b
        TEXT    x0, "%d events, %d of them critical"
        mov     x1, x20
        mov     x2, x21
        bl      print_line
        WORD    x1, nested
        WORD    x2, passes
        TEXT    x0, "%d of those over the handler of a normal one; %d passes"
        bl      print_line
        cmp     x19, x20
        b.eq    2f
        TEXT    x0, "the CPUs have counted %d: an update was lost"
        mov     x1, x19
        bl      print_line
        mov     x0, #1
        bl      exit_guest
2:      WORD    x1, wrong
        cmp     x1, #0
        cset    x0, ne
        b.eq    3f
        WORD    x2, wrong_checksum
        TEXT    x0, "%d passes ended wrong, one with %x"
        bl      print_line
        mov     x0, #1
3:      bl      exit_guest
END_FUNCTION main

// On CPU w0.
FUNCTION compute
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        ADDRESS x1, areas
        mov     w2, w0
        add     x1, x1, x2, lsl #AREA_SHIFT
        msr     tpidr_el1, x1
        mov     x2, sp
        str     x2, [x1, #STACK]
        WORD    x2, count
        add     w3, w0, #1
        cmp     x2, x3
        csel    w3, wzr, w3, eq
        and     x4, x3, #15
        lsr     x3, x3, #4
        orr     x3, x4, x3, lsl #8
        str     x3, [x1, #NEXT_CPU]
        REGISTER normal_handler, 0, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        REGISTER normal_handler, 0, NORMAL
        CALL    EVENT_ENABLE, NORMAL
        REGISTER critical_handler, 0, PRIVATE_CRITICAL
        CALL    EVENT_ENABLE, PRIVATE_CRITICAL
        CALL    PE_UNMASK
again:  bl      counted
        str     x0, [sp, #-16]!
        bl      pass
        bl      check
        bl      counted
        ldr     x1, [sp], #16
        cmp     x0, x1
        b.ne    again
        CALL    PE_MASK
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret
END_FUNCTION compute

// x0: the number of events on this CPU.
FUNCTION counted
        mrs     x1, tpidr_el1
        ldr     x0, [x1, #NORMAL_COUNT]
        ldr     x1, [x1, #CRITICAL_COUNT]
        add     x0, x0, x1
        ret
END_FUNCTION counted

// One pass; the registers at its end are in STATE. CPUs with an odd number run it on SP_EL0.
FUNCTION pass
        mrs     x0, tpidr_el1
        mov     x1, sp
        stp     x1, x30, [x0, #STACK]
        ADDRESS x1, areas
        sub     x1, x0, x1
        tbz     x1, #AREA_SHIFT, 1f
        msr     spsel, #0
1:      ldr     x7, =0x9e3779b97f4a7c15
        EACH_V  START_V
        ldr     x7, =0xfedcba9876543210
        mov     sp, x7
        EACH_X  START_X
        mov     x28, #ROUNDS
        cmn     x28, x0
2:      MIX     0, 1, 2, 3, 11, 12, 13, 14
        MIX     4, 5, 6, 7, 15, 16, 17, 18
        MIX     8, 9, 10, 11, 19, 20, 21, 22
        MIX     12, 13, 14, 15, 23, 24, 25, 26
        MIX     16, 17, 18, 19, 27, 0, 1, 2
        MIX     20, 21, 22, 23, 3, 4, 5, 6
        MIX     24, 25, 26, 27, 7, 8, 9, 10
        mov     x9, sp
        eor     x10, x10, x9
        add     sp, x9, #0x31
        add     x29, x29, x3, lsl #7
        sub     x30, x30, x29
        VECTORS 0, 1, 2, 3, 4, 5, 6, 7, 8
        VECTORS 8, 9, 10, 11, 12, 13, 14, 15, 16
        VECTORS 16, 17, 18, 19, 20, 21, 22, 23, 24
        VECTORS 24, 25, 26, 27, 28, 29, 30, 31, 0
        umov    x11, v31.d[1]
        ins     v7.d[0], x12
        add     v31.2d, v31.2d, v0.2d
        sub     x28, x28, #1
        cbnz    x28, 2b
        msr     tpidr_el0, x0
        mrs     x0, tpidr_el1
        EACH_X  STORE_X
        mrs     x1, tpidr_el0
        str     x1, [x0, #STATE]
        mov     x1, sp
        str     x1, [x0, #STATE + 8 * 31]
        mrs     x1, nzcv
        stp     x1, xzr, [x0, #STATE + 8 * 32]
        EACH_V  STORE_V
        msr     spsel, #1
        ldp     x1, x30, [x0, #STACK]
        mov     sp, x1
        ret
END_FUNCTION pass

// Compares the checksum of STATE.
FUNCTION check
        str     x30, [sp, #-16]!
        mrs     x0, tpidr_el1
        add     x0, x0, #STATE
        mov     x1, #STATE_WORDS
        ldr     x2, =FNV_PRIME
        ldr     x3, =FNV_START
1:      ldr     x4, [x0], #8
        eor     x3, x3, x4
        mul     x3, x3, x2
        eor     x3, x3, x3, lsr #29
        sub     x1, x1, #1
        cbnz    x1, 1b
        ldr     x4, =CHECKSUM
        cmp     x3, x4
        b.eq    2f
        ADDRESS x0, wrong_checksum
        str     x3, [x0]
        ADDRESS x0, wrong
        bl      count_up
2:      ADDRESS x0, passes
        bl      count_up
        ldr     x30, [sp], #16
        ret
END_FUNCTION check

FUNCTION count_up
1:      ldxr    x1, [x0]
        add     x1, x1, #1
        stxr    w2, x1, [x0]
        cbnz    w2, 1b
        ret
END_FUNCTION count_up

// Saves the registers of a handler in x4 + \saved, and changes all of them, SP too. Also changes x5.
        .macro  KEEP saved
        mrs     x4, tpidr_el1
        add     x4, x4, #\saved
        stp     x18, x19, [x4]
        stp     x20, x21, [x4, #16]
        stp     x22, x23, [x4, #32]
        stp     x24, x25, [x4, #48]
        stp     x26, x27, [x4, #64]
        stp     x28, x29, [x4, #80]
        mov     x5, sp
        stp     x30, x5, [x4, #96]
        stp     q0, q1, [x4, #112]
        stp     q30, q31, [x4, #144]
        mov     sp, x4
        .irp    n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        mov     x\n, #~\n
        .endr
        movi    v0.16b, #0x5a
        movi    v1.16b, #0x5a
        movi    v30.16b, #0x5a
        movi    v31.16b, #0x5a
        cmp     x4, x4
        .endm

        .macro  PUT_BACK saved
        mrs     x4, tpidr_el1
        add     x4, x4, #\saved
        ldp     x18, x19, [x4]
        ldp     x20, x21, [x4, #16]
        ldp     x22, x23, [x4, #32]
        ldp     x24, x25, [x4, #48]
        ldp     x26, x27, [x4, #64]
        ldp     x28, x29, [x4, #80]
        ldp     x30, x5, [x4, #96]
        ldp     q0, q1, [x4, #112]
        ldp     q30, q31, [x4, #144]
        mov     sp, x5
        .endm

// The handlers of event 0, and of an event from outside, which signals event 0 to the next CPU.
FUNCTION normal_handler
        KEEP    NORMAL_SAVED
        mov     x19, x0
        mrs     x20, tpidr_el1
        mov     x0, #1
        str     x0, [x20, #IN_NORMAL]
        ADDRESS x0, deliveries
        bl      count_up
        ldr     x0, [x20, #NORMAL_COUNT]
        add     x0, x0, #1
        str     x0, [x20, #NORMAL_COUNT]
        cbz     x19, 1f
        ldr     x2, [x20, #NEXT_CPU]
        CALL    EVENT_SIGNAL, SOFTWARE
1:      str     xzr, [x20, #IN_NORMAL]
        PUT_BACK NORMAL_SAVED
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION normal_handler

FUNCTION critical_handler
        KEEP    CRITICAL_SAVED
        mrs     x20, tpidr_el1
        ADDRESS x0, deliveries
        bl      count_up
        ldr     x0, [x20, #CRITICAL_COUNT]
        add     x0, x0, #1
        str     x0, [x20, #CRITICAL_COUNT]
        ldr     x0, [x20, #IN_NORMAL]
        cbz     x0, 1f
        ADDRESS x0, nested
        bl      count_up
1:      PUT_BACK CRITICAL_SAVED
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION critical_handler

        .bss
        .balign 1 << AREA_SHIFT
areas:  .skip   MAX_CPUS << AREA_SHIFT
count:  .skip   8
deliveries:
        .skip   8
nested: .skip   8
passes: .skip   8
wrong:  .skip   8
wrong_checksum:
        .skip   8
