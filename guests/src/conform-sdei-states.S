// SDEI (DEN0054): every call in every state of a handler. The events are event 0, and one that is bound to an
// interrupt, if there are interrupts.
#include "sdei.inc"
        GUEST   "conform-sdei-states.S"

        .equ    SAVED, 0x1717171717171717       // in x17 whenever an event can occur
        .equ    NO_RETURN, 0x6e6f6e65           // the "result" of a call that did not return

// Columns of the table.
        .equ    COLUMN_REGISTER, 0
        .equ    COLUMN_RELEASE, 1
        .equ    COLUMN_ENABLE, 2
        .equ    COLUMN_DISABLE, 3
        .equ    COLUMN_UNREGISTER, 4
        .equ    COLUMN_ROUTING_SET, 5
        .equ    COLUMN_CONTEXT, 6
        .equ    COLUMN_COMPLETE, 7
        .equ    COLUMN_DISPATCH, 8

        .equ    STATE_ENABLED, 3
        .equ    STATE_UNREGISTER_PENDING, 4
        .equ    STATE_REGISTERED_RUNNING, 5
        .equ    RUNNING_BIT, 2

// A row: state, column, result, the state after it, text.
        .equ    ROW_BYTES, 40

FUNCTION main
        SDEI_BEGIN
        CALL    PE_UNMASK
        mov     x19, #SOFTWARE
        bl      table
        CALL    INTERRUPT_BIND, SPI
        mov     x19, x0
        bl      interrupts_come
        cbz     x0, 1f
        bl      table
        b       tap_end
1:      SKIP    "the table for a bound interrupt", "no interrupt comes"
        b       tap_end
END_FUNCTION main

// x0: how often the interrupt of event x19 occurred within a second. Changes x20.
FUNCTION interrupts_come
        str     x30, [sp, #-16]!
        CLEAR   deliveries
        CLEAR   action
        mov     x1, x19
        REGISTER handler, 0
        mov     x1, x19
        CALL    EVENT_ENABLE
        AWAIT   deliveries, 1
        mov     x20, x0
        mov     x1, x19
        CALL    EVENT_UNREGISTER
        mov     x0, x20
        ldr     x30, [sp], #16
        ret
END_FUNCTION interrupts_come

// The table with event x19. Rows that do not apply to event 0 are skipped for it.
FUNCTION table
        str     x30, [sp, #-16]!
        ADDRESS x20, rows
1:      ldr     x0, [x20, #8]
        cbnz    x19, 2f
        cmp     x0, #COLUMN_RELEASE
        b.eq    3f
        cmp     x0, #COLUMN_ROUTING_SET
        b.eq    3f
2:      bl      cell
3:      add     x20, x20, #ROW_BYTES
        ADDRESS x0, rows_end
        cmp     x20, x0
        b.lo    1b
        ldr     x30, [sp], #16
        ret
END_FUNCTION table

// One row: x20.
FUNCTION cell
        stp     x30, x21, [sp, #-16]!
        ldr     x17, =SAVED
        ldr     x0, =NO_RETURN
        ADDRESS x1, returned
        str     x0, [x1]
        CLEAR   action
        ldr     x21, [x20]
        cbz     x21, 1f
        mov     x1, x19
        REGISTER handler, 0
        cmp     x21, #STATE_ENABLED
        b.lo    1f
        CLEAR   acted
        tbz     x21, #RUNNING_BIT, 0f
        ADDRESS x0, act
        ADDRESS x1, action
        str     x0, [x1]
0:      mov     x1, x19
        CALL    EVENT_ENABLE
        tbz     x21, #RUNNING_BIT, 1f
        bl      trigger
        AWAIT   acted, 1
        ldr     x0, [x20, #8]
        cmp     x0, #COLUMN_COMPLETE
        b.eq    2f
        b       3f
1:      bl      make_call
        ldr     x0, [x20, #8]
        cmp     x0, #COLUMN_DISPATCH
        b.ne    2f
        WORD    x0, returned
        cbz     x0, 3f                          // the handler has noted the status while it ran
2:      bl      note_status
3:      CLEAR   action
        WORD    x0, returned
        ldr     x1, [x20, #16]
        ldr     x2, [x20, #32]
        bl      tap_equal
        WORD    x0, status
        ldr     x1, [x20, #24]
        TEXT    x2, "... and EVENT_STATUS after it (DEN0054 6.1)"
        bl      tap_equal
        mov     x1, x19
        CALL    EVENT_UNREGISTER
        cbz     x19, 4f
        CALL    INTERRUPT_BIND, SPI             // its interrupt, also after a release
4:      ldp     x30, x21, [sp], #16
        ret
END_FUNCTION cell

// The handler does this once, to get from ENABLED_RUNNING into the state of row x20 and to make its call there. COMPLETE is done
// at the end of the handler.
FUNCTION act
        stp     x30, x21, [sp, #-16]!
        ldr     x21, [x20]
        mov     x1, x19
        cmp     x21, #STATE_REGISTERED_RUNNING
        b.ne    1f
        CALL    EVENT_DISABLE
1:      cmp     x21, #STATE_UNREGISTER_PENDING
        b.ne    2f
        CALL    EVENT_UNREGISTER
2:      ldr     x0, [x20, #8]
        cmp     x0, #COLUMN_COMPLETE
        b.eq    3f
        bl      make_call
        bl      note_status
3:      ADDRESS x0, acted
        bl      count_up
        ldp     x30, x21, [sp], #16
        ret
END_FUNCTION act

// Causes event x19: immediately, or at its next interrupt.
FUNCTION trigger
        cbnz    x19, 1f
        SIGNAL_SELF
1:      ret
END_FUNCTION trigger

// Makes the call of row x20, and stores its result. DISPATCH is not a call: its result is 0 if the event is delivered.
FUNCTION make_call
        stp     x30, x22, [sp, #-16]!
        ldr     x6, [x20, #8]
        cmp     x6, #COLUMN_DISPATCH
        b.eq    2f
        ADDRESS x1, calls
        ldr     x0, [x1, x6, lsl #3]
        mov     x1, x19
        ADDRESS x2, handler
        mov     x3, #0
        mov     x4, #RM_ANY
        mov     x5, #0
        cmp     x6, #COLUMN_ROUTING_SET
        csel    x2, xzr, x2, eq
        cmp     x6, #COLUMN_COMPLETE
        csel    x1, xzr, x1, eq
        cmp     x6, #COLUMN_CONTEXT
        mov     x7, #17
        csel    x1, x7, x1, eq
        hvc     #0
1:      ADDRESS x1, returned
        str     x0, [x1]
        ldp     x30, x22, [sp], #16
        ret
2:      ldr     x0, [x20]
        tbnz    x0, #RUNNING_BIT, 3f
        ADDRESS x0, note_status
        ADDRESS x1, action
        str     x0, [x1]
3:      WORD    x22, deliveries
        bl      trigger
        cbz     x19, 4f
        PAUSE
4:      WORD    x0, deliveries
        cmp     x0, x22
        mov     x1, #DENIED
        csel    x0, x1, xzr, eq
        b       1b
END_FUNCTION make_call

FUNCTION note_status
        mov     x1, x19
        CALL    EVENT_STATUS
        ADDRESS x1, status
        str     x0, [x1]
        ret
END_FUNCTION note_status

FUNCTION handler
        ENTER_HANDLER
        ADDRESS x0, deliveries
        bl      count_up
        WORD    x2, action
        cbz     x2, 1f
        CLEAR   action
        blr     x2
1:      LEAVE_HANDLER
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

        .macro  CELL state, value, call, returns, next
        .quad   \value, COLUMN_\call, \returns, \next
        .pushsection .rodata.text, "aMS", %progbits, 1
.Lcell\@:
        .asciz  "\call in \state (DEN0054 6.1)"
        .popsection
        .quad   .Lcell\@
        .endm

        .section .rodata
        .balign 8
rows:
#include "sdei-states.inc"
rows_end:

// By column.
calls:  .quad   EVENT_REGISTER, INTERRUPT_RELEASE, EVENT_ENABLE, EVENT_DISABLE, EVENT_UNREGISTER, EVENT_ROUTING_SET
        .quad   EVENT_CONTEXT, EVENT_COMPLETE

        .bss
        .balign 8
returned:
        .skip   8
status: .skip   8
deliveries:
        .skip   8
action: .skip   8
acted:  .skip   8
