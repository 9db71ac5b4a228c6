// Accesses and code that cross pages: a pair of words that are in different pages is stored and loaded, and the code runs
// from the last instruction of a page to the first of the next, and branches from page to page.
        .file   "crossing.S"                    // otherwise the symbol table has a temporary name

// uint64_t crossing(uint64_t rounds)
        .section .text.crossing, "ax"
        .balign 4096
        .global crossing
        .type   crossing, %function
crossing:
        adrp    x9, buffer
        add     x9, x9, :lo12:buffer
        add     x9, x9, #4096 - 8               // the pair's first word is the last of a page
        mov     x10, x0
        mov     x0, #0x1234
        mov     x11, #1
        b       round_start
        .skip   4096 - (. - crossing) - 12      // the code below begins three instructions before the page's end
round_start:
        add     x11, x11, x0, lsr #11
        stp     x0, x11, [x9]
        ldp     x12, x13, [x9]                  // the last instruction of its page
        eor     x0, x12, x13, lsl #1            // the first of the next
        b       second
        .skip   4096 - 8
second:
        add     x0, x0, x11
        str     x0, [x9, #-8]
        ldp     x12, x13, [x9, #-8]
        b       third
        .skip   4096 - 16
third:
        eor     x0, x0, x12, ror #3
        add     x11, x11, x13
        subs    x10, x10, #1
        b.ne    round_start
        ret
        .size   crossing, . - crossing

        .bss
        .balign 4096
buffer: .skip   2 * 4096
