# A hook on blocks that counts instructions, on x86-64 under the System V ABI. It is called before each block with the instance, the
# block's address, its length in bytes, and a number that identifies its calls. It lets a block run if the remaining budget is enough
# for all of it. Otherwise it stops the instance, whose PC is then at the block.
#
# The data are in the page after the code. The cells, which change with each block, may be elsewhere: a block whose call was replaced
# counts by itself. Such a block stores its number, subtracts, and calls "over" if too little is left.
#
# A cut block is the last block, unless it is the end of a whole block: after it, the instance stops without looking up the next block.

        .set    CELLS, 0                # pointer to the cells
        .set    BLOCK, 8                # address of the block before which the run stopped, or of the last block that was allowed to run
        .set    LENGTH, 16              # its number of instructions
        .set    PLACE, 24               # return address of that block's call, which is different for each block
        .set    STOPPED, 32             # 1: stopped before that block, none of which has run
        .set    CUT, 40                 # not 0: the next block is a cut one; 1: it is also the last
        .set    NEW, 48                 # 1: the next block was just translated
        .set    NEW_BLOCK, 56           # address of the translated block, and return address of its call
        .set    NEW_PLACE, 64
        .set    EXIT, 72                # pointer to the word that is negative once a stop has been requested
        .set    STOP, 80                # uc_emu_stop
        .set    REQUESTS, 88            # pointers to three bytes that are 1 while a stop is requested
        .set    SPECIAL, 112            # pointer to 4096 bytes, by bits 2 to 13 of a block's address: not 0 if the run stops before it
        .set    LEAVE, 120              # 1: the current access ends the run
        .set    CPU, 128
        .set    ACCESS, 136             # pointer to the return address of the current access
        .set    LOOP, 144               # cpu_loop_exit_restore
        .set    READ, 152               # Trapline's functions
        .set    WRITE, 160
        .set    INSTANCE, 168

# The cells:
        .set    LEFT, 0                 # remaining budget in instructions; negative after a call of "over"
        .set    NUMBER, 8               # number of the block that ran last, or called "over": 32 bits; 0 if it called "start"

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

# The functions that the library calls for loads from and stores to gaps. Both call Trapline's functions first, which may end the run
# there, in the middle of a block: then the CPU's state is that before the instruction.

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
        call    *data+LOOP(%rip)        # does not return; if it does in another library, the self-test fails
2:      add     $8, %rsp
        ret

# The function that a block calls that counts by itself, when it has counted too much.

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
        mov     data+CELLS(%rip), %rax  # with a library that does not stop, this would loop for ever: so the self-test fails
        movq    $0x7fffffff, LEFT(%rax)
1:      ret

        .org    start + 4096
data:   .skip   256
