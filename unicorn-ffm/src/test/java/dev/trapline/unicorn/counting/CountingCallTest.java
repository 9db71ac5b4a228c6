package dev.trapline.unicorn.counting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The code that replaces a block's call of its hook, and the calls that are not replaced. The bytes are those of GNU
/// as.
class CountingCallTest {

    private static final long INSTANCE = 0x7fb9_8053_3170L;
    private static final long HOOK = 0x7fb9_c581_2000L;
    private static final long PLACE = 0x7fb9_1be0_65a1L;
    private static final long ADDRESS = 0x4008_0da8L;
    private static final int CELLS = 0x4000_1000;
    private static final int LENGTH = 10;
    private static final int NUMBER = 0x12345;

    /// `lea INSTANCE(%rip), %rdi; mov $ADDRESS, %esi; mov $40, %edx; movabs $MARK, %rcx; call *0x207(%rip)`
    private static final String CALL = "488d3de9cb7264 bea80d0840 ba28000000 48b9656e696c70617254 ff1507020000";

    /// `mov -16(%rbp), %ebx; test %ebx, %ebx; jl . + 0x1a9`
    private static final String LOOK = "8b5df0 85db 0f8ca3010000";

    private static final String COUNTING = "837df000" // cmpl $0, -16(%rbp)
            + "0f8cc5010000" // jl, to its old target
            + "c704250810004045230100" // movl $0x12345, 0x40001008
            + "48832c25001000400a" // subq $10, 0x40001000
            + "790c" // jns, after the replaced code
            + "ff142510100040" // call *0x40001010
            + "ebd7" // jmp, to the first
            + "909090";

    @Test
    void aBlockThatCallsAsExpectedCountsByItself() {
        assertThat(HexFormat.of().formatHex(inPlace(CALL, LOOK, ADDRESS, LENGTH)))
                .isEqualTo(COUNTING);
    }

    @Test
    void aLongBlockSubtractsThirtyTwoBits() {
        String call = CALL.replace("ba28000000", "ba00020000");
        assertThat(HexFormat.of().formatHex(inPlace(call, LOOK, ADDRESS, 128)))
                .as("subq $128, 0x40001000, with the largest room")
                .contains("48812c250010004080000000")
                .hasSize(44 * 2);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        the instance as a number,         488d3de9cb7264, 48bf7031538 0b97f0000
        a high address as a number,       bea80d0840,     48bea80d084000ffffff
        a high address with its sign,     bea80d0840,     48c7c6a80d0880
        an address that the code is near, bea80d0840,     488d35a80d0800
        the hook within 2 GiB,            ff1507020000,   e85aba2029
        """)
    void eachWayToLoadAnOperandIsKnown(String what, String usual, String other) {
        String call = CALL.replace(usual, other.replace(" ", ""));
        long address = switch (what) {
            case "a high address as a number" -> 0xffff_ff00_4008_0da8L;
            case "a high address with its sign" -> 0xffff_ffff_8008_0da8L;
            case "an address that the code is near" -> PLACE - 21 + 0x80da8;
            default -> ADDRESS;
        };
        long hook = what.startsWith("the hook") ? PLACE + 0x2920_ba5aL : HOOK;
        byte[] code = new CountingCall(what.startsWith("the instance") ? INSTANCE : movedInstance(call), hook, CELLS)
                .inPlace(around(call, LOOK), PLACE, at -> HOOK, address, LENGTH, NUMBER);
        assertThat(code).as(what).hasSize(bytes(call).length + CountingCall.AFTER);
    }

    /// The first operand is near the instruction that loads it, whose position depends on the length of the
    /// following code.
    private static long movedInstance(String call) {
        return INSTANCE - (bytes(call).length - bytes(CALL).length);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        another instance,             488d3de9cb7264, 488d3deacb7264
        another block's address,      bea80d0840,     bea90d0840
        another length,               ba28000000,     ba2c000000
        another hook's number,        656e696c,       656e696d
        a register for the address,   bea80d0840,     bfa80d0840
        no call,                      ff15,           ff25
        no test for a stop,           85db,           85d9
        another jump after the test,  0f8c,           0f8d
        another load for the test,    8b5df0,         8b9df0
        """)
    void aBlockThatDoesAnythingElseStillCalls(String what, String usual, String other) {
        assertThat(inPlace(CALL.replace(usual, other), LOOK.replace(usual, other), ADDRESS, LENGTH))
                .as(what)
                .isEmpty();
    }

    @Test
    void aCallOfAnotherFunctionIsLeftAlone() {
        assertThat(new CountingCall(INSTANCE, HOOK + 8, CELLS)
                        .inPlace(around(CALL, LOOK), PLACE, at -> HOOK, ADDRESS, LENGTH, NUMBER))
                .isEmpty();
    }

    @Test
    void aCallThatIsTooShortIsLeftAlone() {
        String call = CALL.replace("ff1507020000", "e85aba2029").replace("ba28000000", "ba00020000");
        assertThat(new CountingCall(movedInstance(call), PLACE + 0x2920_ba5aL, CELLS)
                        .inPlace(around(call, LOOK), PLACE, at -> HOOK, ADDRESS, 128, NUMBER))
                .as("43 bytes, where 44 are needed")
                .isEmpty();
    }

    private static byte[] inPlace(String call, String look, long address, int length) {
        return new CountingCall(INSTANCE, HOOK, CELLS)
                .inPlace(around(call, look), PLACE, CountingCallTest::pool, address, length, NUMBER);
    }

    private static long pool(long at) {
        assertThat(at).as("the position of the hook's address").isEqualTo(PLACE + 0x207);
        return HOOK;
    }

    private static byte[] around(String call, String look) {
        byte[] before = bytes(call);
        return ByteBuffer.allocate(CountingCall.BEFORE + CountingCall.AFTER)
                .position(CountingCall.BEFORE - before.length)
                .put(before)
                .put(bytes(look))
                .array();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
