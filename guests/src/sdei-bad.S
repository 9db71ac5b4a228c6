// An incorrect handler of SDEI events (DEN0054): the Makefile selects the error.
#include "sdei.inc"
        GUEST   "sdei-bad.S"

        .equ    UNMAPPED, 0x70000000

FUNCTION main
        str     x30, [sp, #-16]!
#ifdef BAD_unmapped
        ldr     x2, =UNMAPPED
#else
        ADDRESS x2, handler
#endif
        mov     x4, #RM_ANY
        CALL    EVENT_REGISTER, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        CALL    PE_UNMASK
        SIGNAL_SELF
        mov     x19, x0
        CALL    EVENT_COMPLETE, 0               // a second time, and outside of any handler
        mov     x20, x0
        SIGNAL_SELF
        mov     x3, x0
        TEXT    x0, "SIGNAL %x, COMPLETE again %x"
        mov     x1, x19
        mov     x2, x20
        mov     x19, x3
        bl      print_line
        WORD    x2, unregistered
        TEXT    x0, "SIGNAL again %x, UNREGISTER in the handler %x"
        mov     x1, x19
        bl      print_line
        mov     x0, #0
        bl      exit_guest
END_FUNCTION main

FUNCTION handler
#ifdef BAD_never
1:      b       1b
#endif
#ifdef BAD_sleeps
1:      wfi
        b       1b
#endif
#ifdef BAD_unregisters
        CALL    EVENT_UNREGISTER, SOFTWARE
        ADDRESS x1, unregistered
        str     x0, [x1]
#endif
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

        .bss
        .balign 8
unregistered:
        .skip   8
