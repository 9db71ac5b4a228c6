// SDEI (DEN0054): the state in a handler, and the restored state, for interruptions of EL1h, EL1t, EL0, between LDXR and STXR and in
// WFI; priorities. Checks that need events from outside are skipped if there are none.
#include "sdei.inc"
        GUEST   "conform-sdei-delivery.S"

        .equ    ARGUMENT, 0x0123456789abcdef
        .equ    EL1T, 0x3c4
        .equ    EL0T, 0x3c0
        .equ    NZCV, 0xa0000000                // N and C
        .equ    MARK, 0x3300000000000033        // added to for each register

// The state in the handler, from `found` on.
        .equ    FOUND_PC, 16
        .equ    FOUND_PSTATE, 24
        .equ    FOUND_DAIF, 32
        .equ    FOUND_EL, 40
        .equ    FOUND_SPSEL, 48
        .equ    FOUND_SP, 56
        .equ    FOUND_SP_EL0, 64
        .equ    FOUND_BYTES, 72

// What the handler does once, at the next event.
        .macro  IN_HANDLER what
        ADDRESS x0, \what
        ADDRESS x1, action
        str     x0, [x1]
        .endm

        .macro  IN_CRITICAL what
        ADDRESS x0, \what
        ADDRESS x1, critical_action
        str     x0, [x1]
        .endm

// Gives event 0 another handler.
        .macro  HANDLED_BY handler
        CALL    EVENT_UNREGISTER, SOFTWARE
        REGISTER \handler, ARGUMENT, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        .endm

FUNCTION main
        SDEI_BEGIN
        CALL    PE_UNMASK
        REGISTER handler, ARGUMENT, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        bl      entry
        bl      context
        bl      put_back
        bl      with_sp_el0
        bl      exclusive
        bl      while_masked
        bl      twice
        bl      resume
        bl      resume_errors
        REGISTER handler, ARGUMENT, NORMAL
        CALL    EVENT_ENABLE, NORMAL
        CLEAR   deliveries
        AWAIT   deliveries, 1
        cbnz    x0, 1f
        SKIP    "WFI, EL0, priorities", "no event comes from outside"
        b       tap_end
1:      bl      waiting
        bl      at_el0
        bl      priorities
        b       tap_end
END_FUNCTION main

        .macro  FOUND offset, expected, text
        ADDRESS x0, found
        ldr     x0, [x0, #\offset]
        EQUAL   \expected, "\text"
        .endm

FUNCTION entry
        stp     x30, x19, [sp, #-16]!
        ldr     x0, =NZCV
        msr     nzcv, x0
        SIGNAL_SELF
after_signal:
        mrs     x19, nzcv
        FOUND   0, SOFTWARE, "a handler finds its event in x0 (DEN0054 5.2)"
        FOUND   8, ARGUMENT, "... its argument in x1 (DEN0054 5.2)"
        FOUND   FOUND_PC, after_signal, "... the interrupted PC in x2 (DEN0054 5.2)"
        FOUND   FOUND_PSTATE, MASKED_EL1H + NZCV, "... the interrupted PSTATE in x3, NZCV too (DEN0054 5.2)"
        FOUND   FOUND_DAIF, 0x3c0, "... D, A, I and F masked (DEN0054 5.2)"
        FOUND   FOUND_EL, 4, "... EL1 (DEN0054 5.2)"
        FOUND   FOUND_SPSEL, 1, "... SPSel 1 (DEN0054 5.2)"
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_SP]
        mov     x1, sp
        cmp     x0, x1
        HOLDS   eq, "... and the stack of EL1 as it was (DEN0054 5.2)"
        mov     x0, x19
        EQUAL   NZCV, "COMPLETE puts NZCV back (DEN0054 5.1.6)"
        msr     nzcv, xzr
        mov     x0, #0x40                       // F stays masked
        msr     daif, x0
        SIGNAL_SELF
        mrs     x19, daif
        msr     daifset, #15
        FOUND   FOUND_PSTATE, 0x45, "x3 has the masks as they were (DEN0054 5.2)"
        FOUND   FOUND_DAIF, 0x3c0, "... and the handler all of them (DEN0054 5.2)"
        mov     x0, x19
        EQUAL   0x40, "COMPLETE puts the masks back (DEN0054 5.1.6)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION entry

// x3 to x17 = MARK + their number
        .macro  MARK_REGISTERS
        .irp    n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
        ldr     x\n, =MARK + \n
        .endr
        .endm

// A check of `marks`: from the third on, they are MARK + their number.
FUNCTION check_marks
        stp     x30, x19, [sp, #-16]!
        mov     x19, x0
        ADDRESS x2, marks
        mov     x1, #0
        mov     x0, #3
        ldr     x3, =MARK + 3
1:      ldr     x4, [x2, x0, lsl #3]
        cmp     x3, x4
        cinc    x1, x1, ne
        add     x3, x3, #1
        add     x0, x0, #1
        cmp     x0, #18
        b.lo    1b
        mov     x0, x1
        mov     x2, x19
        mov     x1, #0
        bl      tap_equal
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION check_marks

// Stores x3 to x17 in `marks`. Changes x0.
        .macro  STORE_MARKS
        ADDRESS x0, marks
        .irp    n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
        str     x\n, [x0, #8 * \n]
        .endr
        .endm

FUNCTION context
        str     x30, [sp, #-16]!
        IN_HANDLER read_context
        MARK_REGISTERS
        SIGNAL_SELF
        TEXT    x0, "CONTEXT of x3 to x17 is what they were: so many are wrong (DEN0054 5.1.5)"
        bl      check_marks
        WORD_EQUAL 0, marks, "CONTEXT of x0 is what the interrupted call returned (DEN0054 5.1.5)"
        ADDRESS x0, marks
        ldr     x0, [x0, #8]
        EQUAL   SOFTWARE, "CONTEXT of x1 is what it was (DEN0054 5.1.5)"
        ADDRESS x0, marks
        ldr     x0, [x0, #16]
        mrs     x1, mpidr_el1
        cmp     x0, x1
        HOLDS   eq, "CONTEXT of x2 is what it was (DEN0054 5.1.5)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION context

FUNCTION read_context
        mov     x19, #0
        ADDRESS x20, marks
1:      mov     x1, x19
        CALL    EVENT_CONTEXT
        str     x0, [x20, x19, lsl #3]
        add     x19, x19, #1
        cmp     x19, #18
        b.lo    1b
        ret
END_FUNCTION read_context

FUNCTION put_back
        str     x30, [sp, #-16]!
        MARK_REGISTERS
        SIGNAL_SELF
        STORE_MARKS
        TEXT    x0, "COMPLETE puts x3 to x17 back: so many are wrong (DEN0054 5.1.6)"
        bl      check_marks
        ldr     x30, [sp], #16
        ret
END_FUNCTION put_back

FUNCTION with_sp_el0
        stp     x30, x19, [sp, #-16]!
        stp     x20, x21, [sp, #-16]!
        mov     x19, sp
        ADDRESS x0, other_stack
        add     x0, x0, #256
        msr     sp_el0, x0
        msr     spsel, #0
        sub     sp, sp, #16
        SIGNAL_SELF
        mov     x20, sp
        mrs     x21, spsel
        msr     spsel, #1
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_PSTATE]
        and     x0, x0, #0xfffffff
        EQUAL   EL1T, "over EL1t, x3 says so (DEN0054 5.2)"
        FOUND   FOUND_SPSEL, 1, "... the handler has SPSel 1 (DEN0054 5.2)"
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_SP]
        cmp     x0, x19
        HOLDS   eq, "... and the stack of EL1 (DEN0054 5.2)"
        ADDRESS x1, other_stack + 240
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_SP_EL0]
        cmp     x0, x1
        HOLDS   eq, "... and sees SP_EL0 as it was (DEN0054 5.2)"
        ADDRESS x1, other_stack + 240
        cmp     x20, x1
        HOLDS   eq, "COMPLETE over EL1t puts the stack pointer back (DEN0054 5.1.6)"
        mov     x0, x21
        EQUAL   0, "... and SPSel (DEN0054 5.1.6)"
        mov     x0, sp
        cmp     x0, x19
        HOLDS   eq, "... and leaves the stack of EL1 (DEN0054 5.1.6)"
        ldp     x20, x21, [sp], #16
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION with_sp_el0

FUNCTION exclusive
        stp     x30, x19, [sp, #-16]!
        ADDRESS x3, cell
        ldxr    x4, [x3]
        SIGNAL_SELF
        stxr    w19, x4, [x3]
        mov     x0, x19
        EQUAL   1, "STXR fails if a handler ran since LDXR (DEN0054 5.2)"
        ADDRESS x3, cell
        ldxr    x4, [x3]
        stxr    w19, x4, [x3]
        mov     x0, x19
        EQUAL   0, "STXR succeeds if none did (DDI0487 B2.12)"
        IN_HANDLER hold_exclusive
        ADDRESS x3, cell
        SIGNAL_SELF
        stxr    w19, x4, [x3]
        mov     x0, x19
        EQUAL   1, "STXR fails if LDXR was in the handler (DEN0054 5.1.6)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION exclusive

FUNCTION hold_exclusive
        ADDRESS x0, cell
        ldxr    x1, [x0]
        ret
END_FUNCTION hold_exclusive

FUNCTION while_masked
        stp     x30, x19, [sp, #-16]!
        CLEAR   deliveries
        IN_HANDLER mask_and_signal
        SIGNAL_SELF
        WORD_EQUAL 1, deliveries, "PE_MASK in the handler: what is signalled there is not accepted (DEN0054 5.1.16)"
        WORD_EQUAL INVALID_PARAMETERS, signalled, "... but INVALID_PARAMETERS (DEN0054 5.1.16)"
        RETURNS 0, "PE_MASK outlasts the handler (DEN0054 5.1.12)", PE_MASK
        CALL    PE_UNMASK
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION while_masked

FUNCTION mask_and_signal
        CALL    PE_MASK
        SIGNAL_SELF
        ADDRESS x1, signalled
        str     x0, [x1]
        ret
END_FUNCTION mask_and_signal

// An event that is signalled in the handler is delivered after the handler has completed, and before the interrupted code continues.
FUNCTION twice
        stp     x30, x19, [sp, #-16]!
        CLEAR   deliveries
        IN_HANDLER signal_twice
        SIGNAL_SELF
after_twice:
        WORD    x19, deliveries
        mov     x0, x19
        EQUAL   2, "SIGNAL twice in the handler has it run once more (DEN0054 5.1.16)"
        WORD_EQUAL 1, deliveries_inside, "... when it has completed (DEN0054 5.1.16)"
        FOUND   FOUND_PC, after_twice, "... before the interrupted code goes on (DEN0054 5.1.6)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION twice

FUNCTION signal_twice
        SIGNAL_SELF
        SIGNAL_SELF
        WORD    x0, deliveries
        ADDRESS x1, deliveries_inside
        str     x0, [x1]
        ret
END_FUNCTION signal_twice

FUNCTION resume
        stp     x30, x19, [sp, #-16]!
        HANDLED_BY resuming
        ldr     x0, =NZCV
        msr     nzcv, x0
        MARK_REGISTERS
        SIGNAL_SELF
after_resume:
        mrs     x19, nzcv
        STORE_MARKS
        TEXT    x0, "ERET after COMPLETE_AND_RESUME has x3 to x17 as they were: so many are wrong (DEN0054 5.1.7)"
        bl      check_marks
        mov     x0, x19
        EQUAL   NZCV, "... and NZCV (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0]
        EQUAL   after_resume, "COMPLETE_AND_RESUME has the interrupted PC in ELR_EL1 (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #8]
        EQUAL   MASKED_EL1H + NZCV, "... the interrupted PSTATE in SPSR_EL1 (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #16]
        EQUAL   0x3c0, "... D, A, I and F masked (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #24]
        EQUAL   5, "... EL1 and SPSel 1 (DEN0054 5.1.7)"
        RETURNS DENIED, "... and the handler is over (DEN0054 5.1.7)", EVENT_COMPLETE, 0
        HANDLED_BY handler
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION resume

FUNCTION resumed
        stp     x0, x1, [sp, #-16]!
        ADDRESS x0, resumed_with
        mrs     x1, elr_el1
        str     x1, [x0]
        mrs     x1, spsr_el1
        str     x1, [x0, #8]
        mrs     x1, daif
        str     x1, [x0, #16]
        mrs     x1, currentel
        str     x1, [x0, #24]
        mrs     x1, spsel
        ldr     x30, [x0, #24]
        orr     x1, x1, x30
        str     x1, [x0, #24]
        ldp     x0, x1, [sp], #16
        eret
END_FUNCTION resumed

FUNCTION resuming
        ADDRESS x1, resumed
        CALL    EVENT_COMPLETE_AND_RESUME
        brk     #0
END_FUNCTION resuming

FUNCTION resume_errors
        str     x30, [sp, #-16]!
        IN_HANDLER resume_nowhere
        SIGNAL_SELF
        WORD_EQUAL DENIED, resumed_with, "COMPLETE_AND_RESUME at 0 (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #8]
        EQUAL   DENIED, "COMPLETE_AND_RESUME at an address that is not aligned (DEN0054 5.1.7)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #16]
        EQUAL   RUNNING, "... after which the handler still runs (DEN0054 5.1.7)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION resume_errors

FUNCTION resume_nowhere
        ADDRESS x19, resumed_with
        CALL    EVENT_COMPLETE_AND_RESUME, 0
        str     x0, [x19]
        CALL    EVENT_COMPLETE_AND_RESUME, resumed + 2
        str     x0, [x19, #8]
        CALL    EVENT_STATUS, SOFTWARE
        str     x0, [x19, #16]
        ret
END_FUNCTION resume_nowhere

// Waits in WFI until an event interrupts it, at most ten events.
FUNCTION waiting
        stp     x30, x19, [sp, #-16]!
        mov     x19, #10
1:      CLEAR   deliveries
2:      wfi
in_wfi: WORD    x0, deliveries
        cbz     x0, 2b
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_PC]
        ldr     x1, =in_wfi
        cmp     x0, x1
        b.eq    3f
        sub     x19, x19, #1
        cbnz    x19, 1b
3:      EQUAL   in_wfi, "an event that comes in WFI ends it (DEN0054 5.2)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION waiting

// EL0 counts until its third event, after which EL1 continues.
FUNCTION at_el0
        stp     x30, x19, [sp, #-16]!
        stp     x20, x21, [sp, #-16]!
        mov     x19, sp
        CLEAR   deliveries
        IN_HANDLER from_el0
        ADDRESS x0, other_stack + 128
        msr     sp_el0, x0
        ADDRESS x0, el0
        msr     elr_el1, x0
        mov     x0, #EL0T
        msr     spsr_el1, x0
        mov     x20, #0
        MARK_REGISTERS
        eret
el0:    add     x20, x20, #1
        b       el0
back_at_el1:
        mov     x21, sp
        STORE_MARKS
        TEXT    x0, "at EL0, x3 to x17 stay as they were over two events: so many are wrong (DEN0054 5.1.6)"
        bl      check_marks
        cmp     x20, #0
        HOLDS   ne, "... while it counts"
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_PSTATE]
        and     x0, x0, #0xfffffff
        EQUAL   EL0T, "over EL0, x3 says so (DEN0054 5.2)"
        FOUND   FOUND_EL, 4, "... the handler has EL1 (DEN0054 5.2)"
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_SP]
        cmp     x0, x19
        HOLDS   eq, "... and its stack (DEN0054 5.2)"
        ADDRESS x1, other_stack + 128
        ADDRESS x0, found
        ldr     x0, [x0, #FOUND_SP_EL0]
        cmp     x0, x1
        HOLDS   eq, "... and SP_EL0 as it was (DEN0054 5.2)"
        mrs     x0, spsr_el1
        and     x0, x0, #0xfffffff
        EQUAL   EL0T, "COMPLETE_AND_RESUME over EL0 says so in SPSR_EL1 (DEN0054 5.1.7)"
        cmp     x21, x19
        HOLDS   eq, "... and has the stack of EL1 (DEN0054 5.1.7)"
        ldp     x20, x21, [sp], #16
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION at_el0

// Does nothing at the first two events, and resumes at EL1 at the third.
FUNCTION from_el0
        WORD    x0, deliveries
        cmp     x0, #3
        b.hs    1f
        IN_HANDLER from_el0
        ret
1:      LEAVE_HANDLER
        ADDRESS x1, back_at_el1
        CALL    EVENT_COMPLETE_AND_RESUME
        brk     #0
END_FUNCTION from_el0

// Critical over normal, normal over nothing.
FUNCTION priorities
        stp     x30, x19, [sp, #-16]!
        CALL    EVENT_DISABLE, NORMAL
        REGISTER critical_handler, 0, CRITICAL
        CLEAR   critical_deliveries
        CALL    EVENT_ENABLE, CRITICAL
        AWAIT   critical_deliveries, 1
        cbnz    x0, 1f
        SKIP    "priorities", "no critical event comes from outside"
        b       9f
1:      IN_HANDLER be_interrupted
        SIGNAL_SELF
        CALL    EVENT_DISABLE, CRITICAL
        WORD_EQUAL 1, nested, "a critical event interrupts the handler of a normal one (DEN0054 4.3)"
        ADDRESS x0, nested
        ldr     x0, [x0, #8]
        EQUAL   RUNNING, "... both run then: the normal one (DEN0054 5.1.9)"
        ADDRESS x0, nested
        ldr     x0, [x0, #16]
        EQUAL   RUNNING, "... and the critical one (DEN0054 5.1.9)"
        ADDRESS x0, nested
        ldr     x0, [x0, #24]
        EQUAL   MARK, "... CONTEXT is of the handler that is interrupted (DEN0054 5.1.5)"
        WORD_EQUAL 1, deliveries_inside, "a normal event does not interrupt the handler of a normal one (DEN0054 4.3)"
        CLEAR   deliveries
        CALL    EVENT_ENABLE, NORMAL
        CLEAR   critical_deliveries
        IN_CRITICAL hold_off
        CALL    EVENT_ENABLE, CRITICAL
        AWAIT   critical_deliveries, 1
        CALL    EVENT_DISABLE, CRITICAL
        WORD_EQUAL 0, deliveries_inside, "no event interrupts the handler of a critical one (DEN0054 4.3)"
        WORD    x0, deliveries
        cmp     x0, #0
        HOLDS   ne, "... they wait until it has completed (DEN0054 4.3)"
        CALL    PE_MASK
        CLEAR   deliveries
        IN_HANDLER disable_normal
        PAUSE
        WORD_EQUAL 0, deliveries, "a masked CPU takes no event (DEN0054 5.1.12)"
        CALL    PE_UNMASK
        WORD_EQUAL 1, deliveries, "PE_UNMASK delivers what has waited (DEN0054 5.1.13)"
        CLEAR   deliveries
        IN_HANDLER disable_normal
        PAUSE
        WORD_EQUAL 0, deliveries, "a disabled event is not delivered (DEN0054 5.1.4)"
        CALL    EVENT_ENABLE, NORMAL
        WORD_EQUAL 1, deliveries, "ENABLE delivers what has waited (DEN0054 5.1.3)"
        mov     x19, #5                         // one may occur just now
2:      CALL    EVENT_UNREGISTER, NORMAL
        PAUSE
        REGISTER handler, ARGUMENT, NORMAL
        CLEAR   deliveries
        CALL    EVENT_ENABLE, NORMAL
        WORD    x0, deliveries
        cbz     x0, 3f
        sub     x19, x19, #1
        cbnz    x19, 2b
3:      EQUAL   0, "what came before REGISTER is forgotten (DEN0054 5.1.2)"
9:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION priorities

FUNCTION disable_normal
        CALL    EVENT_DISABLE, NORMAL
        ret
END_FUNCTION disable_normal

// In the handler of event 0: waits until a critical event has occurred and a normal one is pending.
FUNCTION be_interrupted
        stp     x30, x19, [sp, #-16]!
        CALL    EVENT_ENABLE, NORMAL
        CLEAR   deliveries_inside
        CLEAR   critical_deliveries
        IN_CRITICAL look_around
        ldr     x17, =MARK
        AWAIT   critical_deliveries, 1
        WORD    x19, deliveries
        PAUSE
        WORD    x0, deliveries
        sub     x0, x0, x19
        add     x0, x0, #1                      // its own
        ADDRESS x1, deliveries_inside
        str     x0, [x1]
        CALL    EVENT_DISABLE, NORMAL
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION be_interrupted

FUNCTION look_around
        ADDRESS x19, nested
        mov     x0, #1
        str     x0, [x19]
        CALL    EVENT_STATUS, SOFTWARE
        str     x0, [x19, #8]
        CALL    EVENT_STATUS, CRITICAL
        str     x0, [x19, #16]
        CALL    EVENT_CONTEXT, 17
        str     x0, [x19, #24]
        ret
END_FUNCTION look_around

// In the handler of the critical event: counts events that interrupt it.
FUNCTION hold_off
        stp     x30, x19, [sp, #-16]!
        WORD    x19, deliveries
        SIGNAL_SELF
        PAUSE
        WORD    x0, deliveries
        sub     x0, x0, x19
        ADDRESS x1, deliveries_inside
        str     x0, [x1]
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION hold_off

// Stores the state, does once what `action` says, and changes all of x3 to x17 and NZCV.
FUNCTION handler
        ENTER_HANDLER
        ADDRESS x4, found
        stp     x0, x1, [x4]
        stp     x2, x3, [x4, #FOUND_PC]
        mrs     x0, daif
        mrs     x1, currentel
        stp     x0, x1, [x4, #FOUND_DAIF]
        mrs     x0, spsel
        add     x1, sp, #96
        stp     x0, x1, [x4, #FOUND_SPSEL]
        mrs     x0, sp_el0
        str     x0, [x4, #FOUND_SP_EL0]
        ADDRESS x0, deliveries
        bl      count_up
        WORD    x2, action
        cbz     x2, 1f
        CLEAR   action
        blr     x2
1:      LEAVE_HANDLER
        .irp    n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
        mov     x\n, #-1
        .endr
        msr     nzcv, xzr
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

FUNCTION critical_handler
        ENTER_HANDLER
        WORD    x2, critical_action
        cbz     x2, 1f
        CLEAR   critical_action
        blr     x2
1:      ADDRESS x0, critical_deliveries
        bl      count_up
        LEAVE_HANDLER
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION critical_handler

        .bss
        .balign 16
other_stack:
        .skip   256
found:  .skip   FOUND_BYTES
        .balign 8
marks:  .skip   8 * 18
action: .skip   8
critical_action:
        .skip   8
deliveries:
        .skip   8
critical_deliveries:
        .skip   8
deliveries_inside:
        .skip   8
signalled:
        .skip   8
resumed_with:
        .skip   32
nested: .skip   32
cell:   .skip   8
