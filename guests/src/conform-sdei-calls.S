// SDEI (DEN0054): the results of the calls on one CPU, errors first, and bindings. Only event 0 is delivered.
#include "sdei.inc"
        GUEST   "conform-sdei-calls.S"

        .equ    UNKNOWN, 803
        .equ    NEGATIVE, 0xffffffff80000000
        .equ    NOWHERE, 0xff00000000           // no CPU has this affinity
        .equ    EV_TYPE, 0
        .equ    EV_SIGNALED, 1
        .equ    EV_PRIORITY, 2
        .equ    EV_ROUTING_MODE, 3
        .equ    EV_ROUTING_AFF, 4

FUNCTION main
        SDEI_BEGIN
        bl      masks
        bl      register_errors
        bl      wrong_events
        bl      state_errors
        bl      information
        bl      routing
        bl      bindings
        bl      signals
        bl      resets
        b       tap_end
END_FUNCTION main

FUNCTION masks
        str     x30, [sp, #-16]!
        CALL    SDEI_VERSION
        lsr     x0, x0, #48
        EQUAL   1, "SDEI_VERSION has major version 1, and bit 63 is zero (DEN0054 5.1.1)"
        RETURNS 0, "PE_MASK on a CPU that has just started: it is masked (DEN0054 5.1.12)", PE_MASK
        RETURNS 0, "PE_UNMASK (DEN0054 5.1.13)", PE_UNMASK
        RETURNS 0, "PE_UNMASK again (DEN0054 5.1.13)", PE_UNMASK
        RETURNS 1, "PE_MASK that changes something is 1 (DEN0054 5.1.12)", PE_MASK
        RETURNS 0, "PE_MASK that changes nothing is 0 (DEN0054 5.1.12)", PE_MASK
        RETURNS NOT_SUPPORTED, "a number that is reserved is NOT_SUPPORTED (DEN0028 2.9)", 0xc4000033
        RETURNS NOT_SUPPORTED, "SDEI_VERSION as SMC32 is NOT_SUPPORTED (DEN0054 5)", 0x84000020
        RETURNS INVALID_PARAMETERS, "FEATURES of one that there is not (DEN0054 5.1.17)", FEATURES, 7
        CALL    FEATURES, 0
        cmp     x0, #0
        HOLDS   gt, "FEATURES tells the slots for bindings (DEN0054 5.1.17)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION masks

// REGISTER with the arguments in x1 to x5.
        .macro  REGISTERED expected, text
        CALL    EVENT_REGISTER
        EQUAL   \expected, "\text"
        .endm

        .macro  ARGUMENTS event, entry, flags, affinity
        ldr     x1, =\event
        ldr     x2, =\entry
        mov     x3, #0
        ldr     x4, =\flags
        ldr     x5, =\affinity
        .endm

FUNCTION register_errors
        str     x30, [sp, #-16]!
        ARGUMENTS UNKNOWN, handler, RM_ANY, 0
        REGISTERED INVALID_PARAMETERS, "REGISTER of an event that there is not (DEN0054 5.1.2)"
        ARGUMENTS NEGATIVE, handler, RM_ANY, 0
        REGISTERED INVALID_PARAMETERS, "REGISTER of a negative event (DEN0054 5.1.2)"
        ARGUMENTS SOFTWARE, 0, RM_ANY, 0
        REGISTERED INVALID_PARAMETERS, "REGISTER with the entry point 0 (DEN0054 5.1.2)"
        ARGUMENTS SOFTWARE, handler + 2, RM_ANY, 0
        REGISTERED INVALID_PARAMETERS, "REGISTER with an entry point that is not aligned (DEN0054 5.1.2)"
        ARGUMENTS CRITICAL, handler, 4, 0
        REGISTERED INVALID_PARAMETERS, "REGISTER with a reserved flag (DEN0054 5.1.2)"
        ARGUMENTS CRITICAL, handler, RM_PE, NOWHERE
        REGISTERED INVALID_PARAMETERS, "REGISTER for a CPU that there is not (DEN0054 5.1.2)"
        ARGUMENTS SOFTWARE, handler, RM_PE, NOWHERE
        REGISTERED 0, "REGISTER of a private event, whose routing does not count (DEN0054 5.1.2)"
        ARGUMENTS SOFTWARE, handler, RM_ANY, 0
        REGISTERED DENIED, "REGISTER again (DEN0054 5.1.2)"
        CALL    EVENT_UNREGISTER, SOFTWARE
        ldr     x30, [sp], #16
        ret
END_FUNCTION register_errors

FUNCTION wrong_events
        str     x30, [sp, #-16]!
        RETURNS INVALID_PARAMETERS, "ENABLE of an event that there is not (DEN0054 5.1.3)", EVENT_ENABLE, UNKNOWN
        RETURNS INVALID_PARAMETERS, "DISABLE of an event that there is not (DEN0054 5.1.4)", EVENT_DISABLE, UNKNOWN
        RETURNS INVALID_PARAMETERS, "UNREGISTER of an event that there is not (DEN0054 5.1.8)", EVENT_UNREGISTER, UNKNOWN
        RETURNS INVALID_PARAMETERS, "STATUS of an event that there is not (DEN0054 5.1.9)", EVENT_STATUS, UNKNOWN
        RETURNS INVALID_PARAMETERS, "GET_INFO of an event that there is not (DEN0054 5.1.10)", EVENT_GET_INFO, UNKNOWN, EV_TYPE
        RETURNS INVALID_PARAMETERS, "ROUTING_SET of an event that there is not (DEN0054 5.1.11)", EVENT_ROUTING_SET, UNKNOWN, RM_ANY
        RETURNS INVALID_PARAMETERS, "RELEASE of an event that there is not (DEN0054 5.1.15)", INTERRUPT_RELEASE, UNKNOWN
        RETURNS INVALID_PARAMETERS, "ENABLE of a negative event (DEN0054 5.1.3)", EVENT_ENABLE, NEGATIVE
        ldr     x30, [sp], #16
        ret
END_FUNCTION wrong_events

FUNCTION state_errors
        str     x30, [sp, #-16]!
        RETURNS DENIED, "ENABLE of an event without a handler (DEN0054 5.1.3)", EVENT_ENABLE, CRITICAL
        RETURNS DENIED, "DISABLE of an event without a handler (DEN0054 5.1.4)", EVENT_DISABLE, CRITICAL
        RETURNS DENIED, "UNREGISTER of an event without a handler (DEN0054 5.1.8)", EVENT_UNREGISTER, CRITICAL
        RETURNS 0, "STATUS of an event without a handler (DEN0054 5.1.9)", EVENT_STATUS, CRITICAL
        RETURNS DENIED, "CONTEXT outside of a handler (DEN0054 5.1.5)", EVENT_CONTEXT, 0
        RETURNS INVALID_PARAMETERS, "CONTEXT of a register that is not saved (DEN0054 5.1.5)", EVENT_CONTEXT, 18
        RETURNS DENIED, "COMPLETE outside of a handler (DEN0054 5.1.6)", EVENT_COMPLETE, 0
        RETURNS DENIED, "COMPLETE_AND_RESUME outside of a handler (DEN0054 5.1.7)", EVENT_COMPLETE_AND_RESUME, handler
        ldr     x30, [sp], #16
        ret
END_FUNCTION state_errors

FUNCTION information
        str     x30, [sp, #-16]!
        RETURNS 0, "event 0 is private (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, EV_TYPE
        RETURNS 1, "event 0 can be signalled (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, EV_SIGNALED
        RETURNS 0, "event 0 is of normal priority (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, EV_PRIORITY
        RETURNS INVALID_PARAMETERS, "the routing mode of a private event (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, EV_ROUTING_MODE
        RETURNS INVALID_PARAMETERS, "the affinity of a private event (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, EV_ROUTING_AFF
        RETURNS INVALID_PARAMETERS, "an info that there is not (DEN0054 5.1.10)", EVENT_GET_INFO, SOFTWARE, 5
        RETURNS 1, "event 804 is shared (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_TYPE
        RETURNS 0, "event 804 cannot be signalled (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_SIGNALED
        RETURNS 1, "event 804 is critical (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_PRIORITY
        RETURNS DENIED, "the routing mode of a shared event without a handler (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_ROUTING_MODE
        RETURNS DENIED, "the affinity of a shared event without a handler (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_ROUTING_AFF
        ldr     x30, [sp], #16
        ret
END_FUNCTION information

        .macro  ROUTED expected, text, mode
        ldr     x1, =CRITICAL
        CALL    EVENT_ROUTING_SET, , \mode
        EQUAL   \expected, "\text"
        .endm

FUNCTION routing
        stp     x30, x19, [sp, #-16]!
        RETURNS INVALID_PARAMETERS, "ROUTING_SET of a private event (DEN0054 5.1.11)", EVENT_ROUTING_SET, SOFTWARE, RM_ANY
        mov     x3, #0
        ROUTED  DENIED, "ROUTING_SET without a handler (DEN0054 5.1.11)", RM_ANY
        REGISTER handler, 0, CRITICAL
        ROUTED  INVALID_PARAMETERS, "ROUTING_SET to a mode that there is not (DEN0054 5.1.11)", 2
        ldr     x3, =NOWHERE
        ROUTED  INVALID_PARAMETERS, "ROUTING_SET to a CPU that there is not (DEN0054 5.1.11)", RM_PE
        RETURNS RM_ANY, "... which changes nothing (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_ROUTING_MODE
        RETURNS INVALID_PARAMETERS, "the affinity of an event that any CPU takes (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_ROUTING_AFF
        WORD    x3, cpus
        ROUTED  0, "ROUTING_SET to a CPU (DEN0054 5.1.11)", RM_PE
        RETURNS RM_PE, "... which GET_INFO tells (DEN0054 5.1.10)", EVENT_GET_INFO, CRITICAL, EV_ROUTING_MODE
        CALL    EVENT_GET_INFO, CRITICAL, EV_ROUTING_AFF
        WORD    x19, cpus
        cmp     x0, x19
        HOLDS   eq, "... with its affinity (DEN0054 5.1.10)"
        CALL    EVENT_ENABLE, CRITICAL
        ROUTED  DENIED, "ROUTING_SET while it is enabled (DEN0054 5.1.11)", RM_ANY
        CALL    EVENT_UNREGISTER, CRITICAL
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION routing

FUNCTION bindings
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        RETURNS INVALID_PARAMETERS, "BIND of an SGI (DEN0054 5.1.14)", INTERRUPT_BIND, 15
        RETURNS INVALID_PARAMETERS, "BIND of a special interrupt (DEN0054 5.1.14)", INTERRUPT_BIND, 1020
        CALL    INTERRUPT_BIND, SPI
        mov     x19, x0
        cmp     x0, #0
        HOLDS   gt, "BIND of an SPI is an event (DEN0054 5.1.14)"
        CALL    INTERRUPT_BIND, SPI
        cmp     x0, x19
        HOLDS   eq, "... and again the same (DEN0054 5.1.14)"
        mov     x1, x19
        RETURNS 1, "... which is shared (DEN0054 5.1.14)", EVENT_GET_INFO, , EV_TYPE
        mov     x1, x19
        RETURNS 0, "... and of normal priority (DEN0054 5.1.14)", EVENT_GET_INFO, , EV_PRIORITY
        CALL    INTERRUPT_BIND, 20
        mov     x20, x0
        mov     x1, x20
        RETURNS 0, "an event bound to a PPI is private (DEN0054 5.1.14)", EVENT_GET_INFO, , EV_TYPE
        mov     x1, x19
        REGISTER handler, 0
        EQUAL   0, "REGISTER of an event that is bound (DEN0054 5.1.2)"
        mov     x1, x19
        RETURNS DENIED, "RELEASE of an event with a handler (DEN0054 5.1.15)", INTERRUPT_RELEASE
        mov     x1, x19
        CALL    EVENT_UNREGISTER
        mov     x1, x19
        RETURNS 0, "RELEASE without one (DEN0054 5.1.15)", INTERRUPT_RELEASE
        mov     x1, x19
        RETURNS INVALID_PARAMETERS, "RELEASE of an event that is not bound (DEN0054 5.1.15)", INTERRUPT_RELEASE
        mov     x1, x19
        REGISTER handler, 0
        EQUAL   DENIED, "REGISTER of an event that is not bound (DEN0054 5.1.2)"
        RETURNS INVALID_PARAMETERS, "RELEASE of an event of the platform (DEN0054 5.1.15)", INTERRUPT_RELEASE, CRITICAL
        RETURNS INVALID_PARAMETERS, "RELEASE of event 0 (DEN0054 5.1.15)", INTERRUPT_RELEASE, SOFTWARE
        CALL    FEATURES, 0
        lsr     x21, x0, #16
        mov     x20, #0
1:      add     x1, x20, #SPI
        CALL    INTERRUPT_BIND
        cmp     x0, #0
        cinc    x20, x20, gt
        b.gt    1b
        EQUAL   OUT_OF_RESOURCE, "BIND without a slot left (DEN0054 5.1.14)"
        cmp     x20, x21
        HOLDS   eq, "there are as many slots for SPIs as FEATURES says (DEN0054 5.1.17)"
        RETURNS 0, "SHARED_RESET releases them (DEN0054 5.1.19)", SHARED_RESET
        CALL    INTERRUPT_BIND, SPI + 900
        cmp     x0, #0
        HOLDS   gt, "... so that they can be bound again (DEN0054 5.1.19)"
        CALL    SHARED_RESET
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION bindings

        .macro  SIGNALLED expected, text, event
        mrs     x2, mpidr_el1
        RETURNS \expected, "\text", EVENT_SIGNAL, \event
        .endm

FUNCTION signals
        str     x30, [sp, #-16]!
        REGISTER handler, 0, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        SIGNALLED INVALID_PARAMETERS, "SIGNAL to a CPU that has masked events (DEN0054 5.1.16)", SOFTWARE
        CALL    PE_UNMASK
        WORD_EQUAL 0, handled, "... is lost (DEN0054 5.1.16)"
        SIGNALLED INVALID_PARAMETERS, "SIGNAL of an event that only the platform signals (DEN0054 5.1.16)", CRITICAL
        RETURNS INVALID_PARAMETERS, "SIGNAL to a CPU that there is not (DEN0054 5.1.16)", EVENT_SIGNAL, SOFTWARE, NOWHERE
        SIGNALLED 0, "SIGNAL (DEN0054 5.1.16)", SOFTWARE
        WORD_EQUAL 1, handled, "... has the handler run once (DEN0054 5.1.16)"
        CALL    EVENT_DISABLE, SOFTWARE
        SIGNALLED INVALID_PARAMETERS, "SIGNAL of an event that is not enabled (DEN0054 5.1.16)", SOFTWARE
        CALL    EVENT_UNREGISTER, SOFTWARE
        SIGNALLED INVALID_PARAMETERS, "SIGNAL of an event without a handler (DEN0054 5.1.16)", SOFTWARE
        ldr     x30, [sp], #16
        ret
END_FUNCTION signals

FUNCTION resets
        str     x30, [sp, #-16]!
        REGISTER handler, 0, SOFTWARE
        REGISTER handler, 0, CRITICAL
        RETURNS 0, "PRIVATE_RESET (DEN0054 5.1.18)", PRIVATE_RESET
        RETURNS 0, "... takes the handlers of private events (DEN0054 5.1.18)", EVENT_STATUS, SOFTWARE
        RETURNS 1, "... and leaves those of shared ones (DEN0054 5.1.18)", EVENT_STATUS, CRITICAL
        REGISTER resetting, 0, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        SIGNAL_SELF
        WORD_EQUAL DENIED, reset_private, "PRIVATE_RESET in the handler of a private event (DEN0054 5.1.18)"
        WORD_EQUAL 0, reset_shared, "SHARED_RESET in the same (DEN0054 5.1.19)"
        RETURNS 0, "... takes the handlers of shared events (DEN0054 5.1.19)", EVENT_STATUS, CRITICAL
        ldr     x30, [sp], #16
        ret
END_FUNCTION resets

FUNCTION handler
        ADDRESS x0, handled
        ldr     x1, [x0]
        add     x1, x1, #1
        str     x1, [x0]
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

FUNCTION resetting
        CALL    PRIVATE_RESET
        ADDRESS x1, reset_private
        str     x0, [x1]
        CALL    SHARED_RESET
        ADDRESS x1, reset_shared
        str     x0, [x1]
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION resetting

        .bss
        .balign 8
handled:
        .skip   8
reset_private:
        .skip   8
reset_shared:
        .skip   8
