package dev.trapline.firmware.sdei;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SdeiServiceTest {

    private static final VcpuId PE = new VcpuId(0);

    private final SdeiMachine machine = SdeiMachine.allOn(4, SdeiMachine.EVENTS);

    @Test
    void thereAre19FunctionsWithoutAGapAndTheRangeBehindThemIsClaimed() {
        List<Function> functions = new SdeiService().descriptor().functions();
        assertThat(functions).hasSize(19);
        for (int index = 0; index < 19; index++) {
            Function function = functions.get(index);
            assertThat(function.id()).as(function.name()).isEqualTo(new FunctionId(0xc400_0020 + index));
            assertThat(SdeiMachine.id(function.name().substring("SDEI_".length())))
                    .as("DEN0054 §5.1 has %s there", function.name())
                    .isEqualTo(0xc400_0020L + index);
        }
        for (long reserved = 0xc400_0033L; reserved <= 0xc400_003fL; reserved++) {
            assertThat(new SdeiService()
                            .apply(machine.state(), hvc(0, reserved), MEMORY)
                            .registers())
                    .as("NOT_SUPPORTED")
                    .isEqualTo(RegisterWrites.x0(-1));
        }
    }

    @ParameterizedTest
    @CsvSource({"1.0, 0x0001000000000000, -2", "1.1, 0x0001000100000000, 0"})
    void aVersionSaysSoAndKnowsOfRelativeModeFrom1Dot1On(String version, String value, long relativeMode) {
        SdeiMachine other = new SdeiMachine(1, "version=" + version);
        assertThat(other.run("0 VERSION")).as("SDEI_VERSION").isEqualTo(Long.decode(value));
        assertThat(other.run("0 FEATURES 1")).as("RELATIVE_MODE").isEqualTo(relativeMode);
        assertThat(other.run("0 FEATURES 0")).as("BIND_SLOTS is in both").isEqualTo(0x3_0003);
    }

    @ParameterizedTest
    @EnumSource(
            value = ExecutionState.class,
            names = {"A32", "T32"})
    void anAarch32CallerIsNoClient(ExecutionState state) {
        assertThat(new SdeiService()
                        .apply(machine.state(), hvc(state, 0, 0xc400_0020L), MEMORY)
                        .registers())
                .as("NOT_SUPPORTED")
                .isEqualTo(RegisterWrites.x0(-1));
    }

    @ParameterizedTest(name = "event {0}, info {1}")
    @CsvSource({
        // event; info: 0 shared, 1 signalable, 2 critical (DEN0054 §5.1.10); value
        "0, 0, 0",
        "0, 1, 1",
        "0, 2, 0",
        "10, 0, 0",
        "10, 1, 0",
        "10, 2, 0",
        "11, 0, 0",
        "11, 1, 0",
        "11, 2, 1",
        "30, 0, 1",
        "30, 1, 0",
        "30, 2, 0",
        "31, 0, 1",
        "31, 1, 0",
        "31, 2, 1",
        "1000, 0, 0",
        "1000, 2, 0",
        "2000, 0, 1",
        "2000, 2, 0"
    })
    void getInfoTellsWhatAnEventIs(int event, int info, long value) {
        assertThat(machine.run("0 EVENT_GET_INFO " + event + " " + info)).isEqualTo(value);
    }

    @Test
    void getInfoTellsTheRoutingOfASharedEvent() {
        machine.run("0 EVENT_REGISTER 30 0x40080000 0 1 0x80000101");
        assertThat(machine.run("0 EVENT_GET_INFO 30 3")).as("RM_PE").isEqualTo(1);
        assertThat(machine.run("0 EVENT_GET_INFO 30 4"))
                .as("only the affinity fields")
                .isEqualTo(0x101);
        machine.run("0 EVENT_ROUTING_SET 30 0 0");
        assertThat(machine.run("0 EVENT_GET_INFO 30 3")).as("RM_ANY").isZero();
    }

    @Test
    void peMaskTellsWhetherItChangedSomething() {
        assertThat(machine.run("0 PE_MASK")).as("all PEs start masked").isZero();
        assertThat(machine.run("0 PE_UNMASK")).isZero();
        assertThat(machine.run("0 PE_MASK")).isEqualTo(1);
        assertThat(machine.run("0 PE_MASK")).isZero();
    }

    @Test
    void contextReadsWhatTheInnermostHandlerInterrupted() {
        machine.run("2 PE_UNMASK, 2 EVENT_REGISTER 10, 2 EVENT_ENABLE 10, inject 10 2");
        assertThat(machine.run("2 EVENT_CONTEXT 0")).isEqualTo(200);
        assertThat(machine.run("2 EVENT_CONTEXT 17")).isEqualTo(217);
    }

    @Test
    void aHandlerForWhichNothingWasSavedIsADefectOfTrapline() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, inject 10 0");
        assertThatThrownBy(() -> new SdeiService().apply(machine.state(), hvc(0, 0xc400_0024L, 0), MEMORY))
                .isInstanceOf(InvariantViolation.class)
                .hasMessage("vcpu0 runs the handler of event 10, but no registers were saved for it");
    }

    @Test
    void anEventIsDeliveredWithItsEntryPointAndArgument() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10 0xffff000008123400 0xdeadc0dedeadc0de 0 0, 0 EVENT_ENABLE 10");
        machine.run("inject 10 0");
        assertThat(machine.effects())
                .containsExactly(new Effect.DeliverEvent(PE, 0xffff_0000_0812_3400L, 10, 0xdead_c0de_dead_c0deL));
    }

    @Test
    void completeWritesNoRegisterAndPutsBackWhatWasSaved() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, inject 10 0");
        Reply<SdeiState> reply = machine.call(0, "EVENT_COMPLETE", 1);
        assertThat(reply.registers()).as("FAILED too does not return").isEqualTo(RegisterWrites.NONE);
        assertThat(reply.effects()).containsExactly(new Effect.CompleteEvent(PE));
    }

    @Test
    void completeAndResumeContinuesAtItsAddress() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, inject 10 0");
        Reply<SdeiState> reply = machine.call(0, "EVENT_COMPLETE_AND_RESUME", 0x4009_0000L);
        assertThat(reply.registers()).isEqualTo(RegisterWrites.NONE);
        assertThat(reply.effects()).containsExactly(new Effect.CompleteEventAndResume(PE, 0x4009_0000L));
    }

    @Test
    void whatWaitsForAHandlerIsDeliveredInTheSameReply() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, inject 10 0, inject 10 0");
        assertThat(machine.effects()).as("the event already runs").isEmpty();
        Reply<SdeiState> reply = machine.call(0, "EVENT_COMPLETE", 0);
        assertThat(reply.effects())
                .containsExactly(new Effect.CompleteEvent(PE), new Effect.DeliverEvent(PE, SdeiMachine.ENTRY, 10, 0));
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.delivered())
                .as("two that occurred while it ran count as one")
                .isEmpty();
    }

    @Test
    void theProbeOfLinuxIsAnswered() {
        SdeiMachine board = SdeiMachine.allOn(2);
        assertThat(board.run("0 VERSION") >>> 48)
                .as("the major version that Linux supports")
                .isEqualTo(1);
        assertThat(board.run("0 PRIVATE_RESET")).isZero();
        assertThat(board.run("1 PRIVATE_RESET")).isZero();
        assertThat(board.run("0 SHARED_RESET")).isZero();
        assertThat(board.run("0 EVENT_GET_INFO 804 2")).as("critical").isEqualTo(1);
        assertThat(board.run("0 EVENT_GET_INFO 804 0")).as("shared").isEqualTo(1);
        assertThat(board.run("0 EVENT_REGISTER 804 0xffff800010081234 0x11 0 0"))
                .isZero();
        assertThat(board.run("0 EVENT_ENABLE 804")).isZero();
        for (int pe = 0; pe < 2; pe++) {
            assertThat(board.run(pe + " EVENT_REGISTER 805 0xffff800010081234 0x22 0 0"))
                    .as("RM_ANY with affinity 0 for a private event, on each PE")
                    .isZero();
            assertThat(board.run(pe + " EVENT_ENABLE 805")).isZero();
            assertThat(board.run(pe + " PE_UNMASK")).isZero();
        }
        board.run("inject 805 1");
        assertThat(board.delivered()).isEqualTo("805>1");
        board.run("inject 804 1");
        assertThat(board.delivered()).isEqualTo("804>0");
        assertThat(board.run("1 EVENT_UNREGISTER 805"))
                .as("Linux tries again later")
                .isEqualTo(-5);
        board.run("1 EVENT_COMPLETE 0");
        assertThat(board.run("1 EVENT_UNREGISTER 805")).as("it is gone").isEqualTo(-3);
        assertThat(board.run("1 PE_MASK")).as("a CPU that goes down").isEqualTo(1);
    }
}
