# A hook on blocks that counts instructions, on x86-64 under the System V ABI: called before each block with the instance, the block's
# address, its length in bytes, and a number by which its calls are known. It lets a block run if what is left of the budget is enough
# for all of it. Otherwise it stops the instance, which then has its PC at the block.
#
# The data lie in the page behind the code. What changes with each block, the cells, may lie elsewhere: blocks that were seen to can
# count in place of calling. Such a block notes its number, subtracts, and calls "over" where too little is left.
#
# A block that was cut is the last, unless it is a block's end: after it the instance stops without a look at the next.

        .set    CELLS, 0                # pointer to the cells
        .set    BLOCK, 8                # address of the block that was stopped at, or of the last one that was let run
        .set    LENGTH, 16              # its instructions
        .set    PLACE, 24               # where that block called from: no two blocks call from one place
        .set    STOPPED, 32             # 1: stopped at that block, none of which has run
        .set    CUT, 40                 # not 0: the next block is a cut one; 1: and the last
        .set    NEW, 48                 # 1: the next block was just translated
        .set    NEW_BLOCK, 56           # address of the block that was, and where it called from
        .set    NEW_PLACE, 64
        .set    EXIT, 72                # pointer to the word that is negative once a stop has been asked for
        .set    STOP, 80                # uc_emu_stop
        .set    REQUESTS, 88            # pointers to three bytes that are 1 while a stop is asked for
        .set    SPECIAL, 112            # pointer to 4096 bytes: not 0 for blocks to stop at, by bits 2 to 13 of their addresses
        .set    LEAVE, 120              # 1: the access that is under way ends the run
        .set    CPU, 128
        .set    ACCESS, 136             # pointer to where the access that is under way called from
        .set    LOOP, 144               # cpu_loop_exit_restore
        .set    READ, 152               # our own functions
        .set    WRITE, 160
        .set    INSTANCE, 168

# The cells:
        .set    LEFT, 0                 # what is left of the budget, instructions; negative after a call of "over"
        .set    NUMBER, 8               # of the block that ran last, or called "over": 32 bits; 0 if it called "start"

        .text
start:  endbr64
        lea     data(%rip), %rcx
        mov     EXIT(%rcx), %rax
        cmpl    $0, (%rax)
        js      9f                      # the block will not run
        mov     CELLS(%rcx), %r9
        cmpq    $0, NEW(%rcx)
        jne     new
1:      shr     $2, %edx
        cmpq    $0, CUT(%rcx)
        jne     cut
        mov     %esi, %eax
        shr     $2, %eax
        and     $0xfff, %eax
        add     SPECIAL(%rcx), %rax
        cmpb    $0, (%rax)
        jne     stop
        mov     LEFT(%r9), %rax
        sub     %rdx, %rax
        js      stop
        mov     %rax, LEFT(%r9)
note:   mov     %rsi, BLOCK(%rcx)
        mov     %rdx, LENGTH(%rcx)
        mov     (%rsp), %rax
        mov     %rax, PLACE(%rcx)
        movl    $0, NUMBER(%r9)
9:      ret

cut:    mov     CUT(%rcx), %r8
        movq    $0, CUT(%rcx)
        mov     LEFT(%r9), %rax
        sub     %rdx, %rax
        js      stop
        mov     %rax, LEFT(%r9)
        jnz     note
        cmp     $1, %r8
        jne     note
        mov     REQUESTS(%rcx), %rax
        movb    $1, (%rax)
        mov     REQUESTS+8(%rcx), %rax
        movb    $1, (%rax)
        mov     REQUESTS+16(%rcx), %rax
        movb    $1, (%rax)
        jmp     note

stop:   mov     %rsi, BLOCK(%rcx)
        mov     %rdx, LENGTH(%rcx)
        mov     (%rsp), %rax
        mov     %rax, PLACE(%rcx)
        movl    $0, NUMBER(%r9)
        movq    $1, STOPPED(%rcx)
        jmp     *STOP(%rcx)

new:    movq    $0, NEW(%rcx)
        mov     (%rsp), %rax
        mov     %rax, NEW_PLACE(%rcx)
        mov     %rsi, NEW_BLOCK(%rcx)
        jmp     1b

# What the library calls for loads and stores at addresses where there is nothing. Both ask our own functions first, which may have the
# run end there, in the middle of a block: then the CPU's state is that before the instruction.

        .org    start + 256
read:   endbr64
        sub     $8, %rsp
        call    *data+READ(%rip)
        jmp     1f

        .org    start + 288
write:  endbr64
        sub     $8, %rsp
        call    *data+WRITE(%rip)
1:      cmpq    $0, data+LEAVE(%rip)
        je      2f
        movq    $0, data+LEAVE(%rip)
        mov     data+CPU(%rip), %rdi
        mov     data+ACCESS(%rip), %rsi
        mov     (%rsi), %rsi
        call    *data+LOOP(%rip)        # does not return; in a library where it does, the self-test fails
2:      add     $8, %rsp
        ret

# What a block calls that has counted for itself, and too much.

        .org    start + 352
over:   endbr64
        movq    $1, data+STOPPED(%rip)
        mov     data+INSTANCE(%rip), %rdi
        sub     $8, %rsp
        call    *data+STOP(%rip)
        add     $8, %rsp
        mov     data+EXIT(%rip), %rax
        cmpl    $0, (%rax)
        js      1f
        mov     data+CELLS(%rip), %rax  # a library that does not stop would come here for ever: the self-test is to fail
        movq    $0x7fffffff, LEFT(%rax)
1:      ret

        .org    start + 4096
data:   .skip   256
