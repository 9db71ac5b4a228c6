package dev.trapline.firmware.trng;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceContext;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrngServiceTest {

    private static final long RND32 = 0x8400_0053L;
    private static final long RND64 = 0xc400_0053L;
    private static final RegisterWrites NO_ENTROPY = RegisterWrites.x0(-3);

    private final TrngService service = new TrngService();

    private TrngState started(String uuid) {
        return service.start(
                new ServiceContext(new MachineTopology(1, 16), false, new TreeMap<>(Map.of("uuid", uuid))));
    }

    private TrngState filledWith(Bytes entropy) {
        return service.notice(started("00112233-4455-6677-8899-aabbccddeeff"), new MachineEvent.Entropy(entropy))
                .state();
    }

    private static Bytes ones(int count) {
        byte[] ones = new byte[count];
        Arrays.fill(ones, (byte) -1);
        return Bytes.copyOf(ones);
    }

    private static Bytes counting() {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return Bytes.copyOf(bytes);
    }

    private Reply<TrngState> call(TrngState state, long... x) {
        return service.apply(state, hvc(0, x), MEMORY);
    }

    private static long number(String text) {
        return text.startsWith("-") ? Long.parseLong(text) : HexFormat.fromHexDigitsToLong(text);
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                // function; x1; x0; why
                "84000050; 0; 10000; the version is 1.0",
                "84000051; 84000050; 0; VERSION is there",
                "84000051; 84000051; 0; FEATURES is there",
                "84000051; 84000052; 0; GET_UUID is there",
                "84000051; 84000053; 0; RND32 is there",
                "84000051; c4000053; 0; RND64 is there",
                "84000051; ffffffffc4000053; 0; an SMC32 call has arguments of 32 bits",
                "84000051; c4000050; -1; VERSION has no 64-bit identifier",
                "84000051; c4000052; -1; GET_UUID has no 64-bit identifier",
                "84000051; 84000054; -1; there is no fifth function",
                "84000051; 8600ff01; -1; vendor calls are not asked about here",
                "84000051; c5000020; -1; PV time is not asked about here",
                "84000051; 84000000; -1; PSCI is not asked about here",
                "84000051; 80000000; -1; SMCCC_VERSION is not asked about here",
                "84000054; 0; -1; an unknown function",
                "c4000050; 0; -1; VERSION by the other convention",
                "c4000051; c4000053; -1; FEATURES by the other convention",
                "c400005f; 1; -1; the end of the range"
            })
    void questionsAreAnsweredAsDen0098Says(String function, String x1, String expected, String why) {
        assertThat(call(filledWith(ones(64)), number(function), number(x1)))
                .as(why)
                .returns(RegisterWrites.x0(number(expected)), Reply::registers);
    }

    @Test
    void featuresAgreeWithWhatTheMachineDenies() {
        Capabilities withoutRnd64 = (_, _, function, _) ->
                function == (int) RND64 ? Capabilities.DecisionKind.DENIED : Capabilities.DecisionKind.FORWARDED;
        TrngState state = filledWith(ones(64));
        assertThat(service.apply(state, hvc(withoutRnd64, 0, 0x8400_0051L, RND64), MEMORY)
                        .registers())
                .as("it would be NOT_SUPPORTED")
                .isEqualTo(RegisterWrites.x0(-1));
        assertThat(service.apply(state, hvc(withoutRnd64, 0, 0x8400_0051L, RND32), MEMORY)
                        .registers())
                .as("the other one is implemented")
                .isEqualTo(RegisterWrites.x0(0));
    }

    @ParameterizedTest(name = "{1} bits of {0}")
    @CsvSource(
            delimiter = ';',
            value = {
                // function; bits; x1; x2; x3, from a source of ones
                "84000053; 1; 0; 0; 1",
                "84000053; 31; 0; 0; 7fffffff",
                "84000053; 32; 0; 0; ffffffff",
                "84000053; 33; 0; 1; ffffffff",
                "84000053; 64; 0; ffffffff; ffffffff",
                "84000053; 65; 1; ffffffff; ffffffff",
                "84000053; 95; 7fffffff; ffffffff; ffffffff",
                "84000053; 96; ffffffff; ffffffff; ffffffff",
                "c4000053; 1; 0; 0; 1",
                "c4000053; 63; 0; 0; 7fffffffffffffff",
                "c4000053; 64; 0; 0; ffffffffffffffff",
                "c4000053; 65; 0; 1; ffffffffffffffff",
                "c4000053; 128; 0; ffffffffffffffff; ffffffffffffffff",
                "c4000053; 129; 1; ffffffffffffffff; ffffffffffffffff",
                "c4000053; 191; 7fffffffffffffff; ffffffffffffffff; ffffffffffffffff",
                "c4000053; 192; ffffffffffffffff; ffffffffffffffff; ffffffffffffffff"
            })
    void theBitsBeyondThoseAskedForAreZero(String function, long bits, String x1, String x2, String x3) {
        assertThat(call(filledWith(ones(64)), number(function), bits).registers())
                .as("x3 has the lowest bits, and x1 the highest (DEN0098 §2.4)")
                .isEqualTo(RegisterWrites.fromX0(0, number(x1), number(x2), number(x3)));
    }

    @Test
    void theFirstBytesOfTheSourceAreTheLowestBitsOfX3() {
        assertThat(call(filledWith(counting()), RND64, 192).registers())
                .as("192 bits in three words of 64")
                .isEqualTo(RegisterWrites.fromX0(
                        0, 0x1716_1514_1312_1110L, 0x0f0e_0d0c_0b0a_0908L, 0x0706_0504_0302_0100L));
        assertThat(call(filledWith(counting()), RND32, 96).registers())
                .as("96 bits in three words of 32")
                .isEqualTo(RegisterWrites.fromX0(0, 0x0b0a_0908L, 0x0706_0504L, 0x0302_0100L));
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "84000053; 0",
                "84000053; 61", // 97 bits
                "84000053; c0",
                "84000053; ffffffff",
                "c4000053; 0",
                "c4000053; c1", // 193 bits
                "c4000053; ffffffff"
            })
    void anotherNumberOfBitsThanARegisterSetHoldsIsInvalid(String function, String bits) {
        Reply<TrngState> reply = call(filledWith(ones(64)), number(function), number(bits));
        assertThat(reply.registers()).as("INVALID_PARAMETERS").isEqualTo(RegisterWrites.x0(-2));
        assertThat(reply.effects()).as("nothing was taken").isEmpty();
    }

    @Test
    void theNumberOfBitsIsALowerHalf() {
        assertThat(call(filledWith(ones(64)), RND64, 0xdead_beef_0000_0001L).registers())
                .as("one bit")
                .isEqualTo(RegisterWrites.fromX0(0, 0, 0, 1));
    }

    @Test
    void theMachinesStartFillsThePool() {
        Reaction<TrngState> reaction = service.notice(started(TrngService.DEFAULT_UUID), new MachineEvent.Started());
        assertThat(reaction.effects()).as("no entropy was drawn yet").containsExactly(new Effect.DrawEntropy(64));
        assertThat(service.notice(filledWith(ones(64)), new MachineEvent.Woken(new VcpuId(0), 5, false)))
                .as("a wake-up has no effect on it")
                .isEqualTo(Reaction.of(filledWith(ones(64))));
    }

    @ParameterizedTest(name = "{0} bits")
    @CsvSource({"1, 1", "8, 1", "9, 2", "128, 16", "192, 24"})
    void aCallAsksForAsManyBytesAsItTook(long bits, int bytes) {
        assertThat(call(filledWith(ones(64)), RND64, bits).effects())
                .as("so that the pool stays full")
                .containsExactly(new Effect.DrawEntropy(bytes));
    }

    @Test
    void noBitIsHandedOutTwice() {
        Reply<TrngState> first = call(filledWith(counting()), RND64, 8);
        assertThat(first.registers()).as("the first byte").isEqualTo(RegisterWrites.fromX0(0, 0, 0, 0x00));
        Reply<TrngState> second = call(first.state(), RND64, 16);
        assertThat(second.registers()).as("the second and the third").isEqualTo(RegisterWrites.fromX0(0, 0, 0, 0x0201));
        TrngState refilled = service.notice(second.state(), new MachineEvent.Entropy(ones(3)))
                .state();
        assertThat(call(refilled, RND64, 8).registers())
                .as("bytes that were drawn first are returned first")
                .isEqualTo(RegisterWrites.fromX0(0, 0, 0, 0x03));
    }

    @Test
    void aSourceThatHasRunDryIsSaidSoAndAskedAgain() {
        TrngState dry = filledWith(ones(2));
        Reply<TrngState> refused = call(dry, RND64, 17);
        assertThat(refused.registers()).as("17 bits are more than two bytes").isEqualTo(NO_ENTROPY);
        assertThat(refused.effects()).as("it may have some now").containsExactly(new Effect.DrawEntropy(62));
        assertThat(call(refused.state(), RND64, 16).registers())
                .as("nothing was lost by the refusal")
                .isEqualTo(RegisterWrites.fromX0(0, 0, 0, 0xffff));

        TrngState still = service.notice(refused.state(), new MachineEvent.Entropy(Bytes.EMPTY))
                .state();
        assertThat(call(still, RND32, 32).registers()).as("still empty").isEqualTo(NO_ENTROPY);
        assertThat(call(started(TrngService.DEFAULT_UUID), RND32, 1).registers())
                .as("a pool that was never filled")
                .isEqualTo(NO_ENTROPY);
    }

    @Test
    void theUuidIsReturnedInTheOrderOfItsBytes() {
        assertThat(call(started("00112233-4455-6677-8899-aabbccddeeff"), 0x8400_0052L)
                        .registers())
                .as("four bytes in each register, the first in the lowest bits (DEN0098 §2.3)")
                .isEqualTo(RegisterWrites.fromX0(0x3322_1100L, 0x7766_5544L, 0xbbaa_9988L, 0xffee_ddccL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "00112233445566778899aabbccddeeff", "0-0-0-0-0", "g0112233-4455-6677-8899-aabbccddeeff"
            })
    void whatIsNoUuidIsRefusedWithAnExample(String setting) {
        assertThatThrownBy(() -> started(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'uuid' takes 32 hexadecimal digits")
                .hasMessageContaining("'" + setting + "'");
    }

    @Test
    void aUuidThatWouldReadAsAnErrorIsRefused() {
        assertThatThrownBy(() -> started("ffffffff-4455-6677-8899-aabbccddeeff"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not begin with ffffffff");
    }

    @Test
    void aCallerInA32HasTheCallsOf32Bits() {
        TrngState state = filledWith(counting());
        assertThat(service.apply(state, hvc(ExecutionState.A32, 0, RND32, 32), MEMORY)
                        .registers())
                .as("DEN0098 §2.4")
                .isEqualTo(RegisterWrites.fromX0(0, 0, 0, 0x0302_0100L));
    }
}
