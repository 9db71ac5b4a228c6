package dev.trapline.unicorn.counting;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The beginning of a translated block on x86-64: the call of the hook that counts (`budgets.s`), and a test whether a
/// stop was requested (left). The code that can replace both: the same test, and the block counts by itself (right).
///
/// ```text
///  lea  instance(%rip), %rdi              cmpl $0, -16(%rbp)       was a stop requested?
///  mov  $address, %esi                    jl   exit
///  mov  $bytes, %edx                      movl $number, NUMBER
///  movabs $mark, %rcx                     subq $length, LEFT
///  call *hook                             jns  body
///  mov  -16(%rbp), %ebx                   call *OVER               too little is left: requests a stop
///  test %ebx, %ebx                        jmp  to the first line
///  jl   exit
///  body:                                  body:
/// ```
///
/// All operands are checked: if one is not that of the block, the block keeps its call.
///
/// @param instance the library's handle
/// @param hook address of the called code
/// @param cells address of the cells that such a block changes, below 2 GiB
record CountingCall(long instance, long hook, int cells) {

    /// The data with which the hook is registered. Only an instruction of 10 bytes can load it, which makes room
    /// for the replacement.
    static final long MARK = 0x5472_6170_6c69_6e65L;

    /// Offsets in the cells: the remaining budget, the number of the block that ran last, and the address of the
    /// code that a block calls when it has counted too much.
    static final int LEFT = 0;

    static final int NUMBER = 8;
    static final int OVER = 16;

    /// How many bytes of code are examined before and after the hook's return address.
    static final int BEFORE = 48;

    static final int AFTER = 11;

    private static final int CALL_NEAR = 0xe8;
    private static final int CALL_FROM_MEMORY = 0x15ff;
    private static final int CALL_NEAR_BYTES = 5;
    private static final int CALL_FROM_MEMORY_BYTES = 6;
    private static final int MOV_MARK = 0xb948;
    private static final int MOV_MARK_BYTES = 10;
    private static final int MOV_SIZE = 0xba;
    private static final int MOV_SIZE_BYTES = 5;
    private static final int ESI = 6;
    private static final int EDI = 7;
    /// `mov disp8(%rbp), %ebx`, `test %ebx, %ebx`, `jl`
    private static final int LOAD = 0x5d8b;

    private static final int TEST_JL = 0x8c0f_db85;
    private static final int NOP = 0x90;
    private static final int LARGEST_BYTE = 127;
    private static final byte[] NOTHING = {};

    /// Reads 8 bytes of the process's memory.
    @FunctionalInterface
    interface Memory {
        long at(long address);
    }

    /// The code that can replace the call.
    ///
    /// @param code the current code: [#BEFORE] bytes before the return address, and [#AFTER] bytes after it
    /// @param place the hook's return address, [#BEFORE] bytes after the beginning of `code`
    /// @param address the block's address
    /// @param number the block's number
    /// @return the replacement from the beginning of the call to the end of `code`; empty if the call is not as
    ///     described, or there is no room
    byte[] inPlace(byte[] code, long place, Memory memory, long address, int length, int number) {
        ByteBuffer bytes = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        int begin = begin(bytes, place, memory, address, length);
        boolean looks = (bytes.getShort(BEFORE) & 0xffff) == LOAD && bytes.getInt(BEFORE + 3) == TEST_JL;
        if (begin < 0 || !looks) {
            return NOTHING;
        }
        int room = BEFORE + AFTER - begin;
        boolean fits = room >= (length <= LARGEST_BYTE ? 41 : 44);
        return fits ? counting(bytes, begin, room, length, number) : NOTHING;
    }

    /// The position where the call's first operand is loaded; -1 if the code is not as described.
    private int begin(ByteBuffer bytes, long place, Memory memory, long address, int length) {
        long zero = place - BEFORE;
        int at = beforeCall(bytes, place, memory);
        at = at < 0 ? -1 : at - MOV_MARK_BYTES;
        if (at < 0 || (bytes.getShort(at) & 0xffff) != MOV_MARK || bytes.getLong(at + 2) != MARK) {
            return -1;
        }
        at -= MOV_SIZE_BYTES;
        if (at < 0 || (bytes.get(at) & 0xff) != MOV_SIZE || bytes.getInt(at + 1) != length * Integer.BYTES) {
            return -1;
        }
        at = beforeLoad(bytes, at, zero, ESI, address);
        return at < 0 ? -1 : beforeLoad(bytes, at, zero, EDI, instance);
    }

    private int beforeCall(ByteBuffer bytes, long place, Memory memory) {
        int near = BEFORE - CALL_NEAR_BYTES;
        int operand = bytes.getInt(BEFORE - Integer.BYTES);
        if ((bytes.get(near) & 0xff) == CALL_NEAR) {
            return place + operand == hook ? near : -1;
        }
        int far = BEFORE - CALL_FROM_MEMORY_BYTES;
        boolean known = (bytes.getShort(far) & 0xffff) == CALL_FROM_MEMORY && memory.at(place + operand) == hook;
        return known ? far : -1;
    }

    /// The position where a value is loaded into a register, by any of the instructions that the translator may
    /// choose.
    ///
    /// @param end the beginning of the next instruction
    /// @param zero the address of the first byte
    private static int beforeLoad(ByteBuffer bytes, int end, long zero, int register, long value) {
        if (end >= 10 && prefix(bytes, end - 10, 0x48, 0xb8 + register) && bytes.getLong(end - 8) == value) {
            return end - 10;
        }
        boolean seven = end >= 7 && (bytes.get(end - 7) & 0xff) == 0x48;
        long operand = end >= 7 ? bytes.getInt(end - 4) : 0;
        if (seven && prefix(bytes, end - 6, 0xc7, 0xc0 + register) && operand == value) {
            return end - 7;
        }
        if (seven && prefix(bytes, end - 6, 0x8d, 0x05 + (register << 3)) && zero + end + operand == value) {
            return end - 7;
        }
        boolean five = end >= 5 && (bytes.get(end - 5) & 0xff) == 0xb8 + register;
        return five && (operand & 0xffff_ffffL) == value ? end - 5 : -1;
    }

    private static boolean prefix(ByteBuffer bytes, int at, int first, int second) {
        return (bytes.get(at) & 0xff) == first && (bytes.get(at + 1) & 0xff) == second;
    }

    private byte[] counting(ByteBuffer bytes, int begin, int room, int length, int number) {
        byte displacement = bytes.get(BEFORE + 2);
        int exit = bytes.getInt(BEFORE + 7) + BEFORE + AFTER - begin;
        ByteBuffer code = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN);
        code.putShort((short) 0x7d83).put(displacement).put((byte) 0);
        code.putShort((short) 0x8c0f).putInt(exit - code.position() - Integer.BYTES);
        code.put((byte) 0xc7).putShort((short) 0x2504).putInt(cells + NUMBER).putInt(number);
        code.put((byte) 0x48);
        if (length <= LARGEST_BYTE) {
            code.put((byte) 0x83).putShort((short) 0x252c).putInt(cells + LEFT).put((byte) length);
        } else {
            code.put((byte) 0x81).putShort((short) 0x252c).putInt(cells + LEFT).putInt(length);
        }
        code.put((byte) 0x79).put((byte) (room - code.position() - 1));
        code.putShort((short) 0x14ff).put((byte) 0x25).putInt(cells + OVER);
        code.put((byte) 0xeb).put((byte) (-code.position() - 1));
        while (code.hasRemaining()) {
            code.put((byte) NOP);
        }
        return code.array();
    }
}
