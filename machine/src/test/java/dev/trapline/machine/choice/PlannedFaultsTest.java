package dev.trapline.machine.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which calls get a fault by a plan.
class PlannedFaultsTest {

    private static final CallFault FAULT = new CallFault.Refused(RegisterWrites.x0(-1));
    private static final CallFault OTHER = new CallFault.Late(5);
    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final int CALLED = 0x8400_0003;

    /// The call number n of vCPU 0, in slice 10 n, at 100 n ticks.
    private record Made(
            VcpuId caller,
            long nth,
            Conduit conduit,
            int immediate,
            int function,
            @Nullable String service) implements Choices.Call {
        @Override
        public HypercallExit exit() {
            return new HypercallExit(
                    conduit,
                    immediate,
                    ExecutionState.A64,
                    1,
                    4,
                    true,
                    GeneralRegisters.copyOf(new long[GeneralRegisters.COUNT]));
        }

        @Override
        public long time() {
            return 100 * nth;
        }

        @Override
        public long slice() {
            return 10 * nth;
        }
    }

    private static Made call(long nth) {
        return new Made(CPU0, nth, Conduit.SMC, 0, CALLED, "psci");
    }

    private static FaultRule rule(String name, CallPattern where, Occasion when) {
        return new FaultRule(name, where, when, FAULT);
    }

    private static List<Long> struck(FaultPlan plan, long seed, int calls) {
        Choices choices = new PlannedFaults(plan, MachineSpec.DEFAULT, seed, Choices.defaults());
        return LongStream.rangeClosed(1, calls)
                .filter(n -> choices.fault(call(n)) != null)
                .boxed()
                .toList();
    }

    private static List<Long> struck(Occasion when) {
        return struck(FaultPlan.of(rule("a", CallPattern.ANY, when)), 0, 10);
    }

    @Test
    void anOccasionIsCountedAmongTheCallsThatFit() {
        assertThat(struck(Occasion.ALWAYS)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(struck(Occasion.nth(3))).containsExactly(3L);
        assertThat(struck(Occasion.ALWAYS.every(4))).containsExactly(4L, 8L);
        assertThat(struck(Occasion.ALWAYS.atMost(2))).containsExactly(1L, 2L);
        assertThat(struck(Occasion.ALWAYS.every(3).atMost(2))).containsExactly(3L, 6L);
    }

    @Test
    void aMomentBeginsAtItsSliceOrTimeAndTheEndIsNotPartOfIt() {
        assertThat(struck(Occasion.ALWAYS.from(new Moment.AtSlice(80)))).containsExactly(8L, 9L, 10L);
        assertThat(struck(Occasion.ALWAYS.from(new Moment.AtTime(901)))).containsExactly(10L);
        assertThat(struck(Occasion.ALWAYS.until(new Moment.AtSlice(20)))).containsExactly(1L);
        assertThat(struck(Occasion.ALWAYS.until(new Moment.AtTime(201)))).containsExactly(1L, 2L);
        assertThat(struck(Occasion.nth(2).from(new Moment.AtTime(500))))
                .as("counted from the moment on")
                .containsExactly(6L);
    }

    @Test
    void aProbabilityIsDrawnFromTheSeedTheNameAndTheCallAlone() {
        FaultPlan half = FaultPlan.of(rule("a", CallPattern.ANY, Occasion.ALWAYS.withProbability(0.5)));
        List<Long> struck = struck(half, 1, 10_000);
        assertThat(struck).hasSizeBetween(4_800, 5_200);
        assertThat(struck(half, 1, 10_000)).as("again").isEqualTo(struck);
        assertThat(struck(half, 2, 10_000)).as("with another seed").isNotEqualTo(struck);
        assertThat(struck(FaultPlan.of(rule("b", CallPattern.ANY, Occasion.ALWAYS.withProbability(0.5))), 1, 10_000))
                .as("with another name")
                .isNotEqualTo(struck);
        Choices choices = new PlannedFaults(half, MachineSpec.DEFAULT, 1, Choices.defaults());
        assertThat(choices.fault(call(struck.get(5))))
                .as("the same call in a run in which earlier calls were not made")
                .isEqualTo(FAULT);
    }

    @Test
    void afterAnotherFaultMeansAfterItHasHappened() {
        FaultPlan plan = FaultPlan.of(
                rule("second", CallPattern.ANY, Occasion.nth(2).after("first")),
                rule("first", CallPattern.ANY, Occasion.nth(3)));
        assertThat(struck(plan, 0, 10)).containsExactly(3L, 5L);
        FaultPlan turned = new FaultPlan(plan.rules().reversed());
        assertThat(struck(turned, 0, 10))
                .as("the order of the rules does not count")
                .containsExactly(3L, 5L);
    }

    @Test
    void aPatternMeetsACallOnlyIfAllOfItFits() {
        FunctionId function = new FunctionId(CALLED);
        CallPattern all = CallPattern.ANY
                .by(Set.of(CPU0))
                .through(Set.of(Conduit.SMC))
                .of(List.of(new Functions.One(function)))
                .to(Set.of("psci"));
        assertThat(meets(all, call(1))).isTrue();
        assertThat(meets(all, new Made(CPU1, 1, Conduit.SMC, 0, CALLED, "psci")))
                .isFalse();
        assertThat(meets(all, new Made(CPU0, 1, Conduit.HVC, 0, CALLED, "psci")))
                .isFalse();
        assertThat(meets(all, new Made(CPU0, 1, Conduit.SMC, 0, CALLED + 1, "psci")))
                .isFalse();
        assertThat(meets(all, new Made(CPU0, 1, Conduit.SMC, 0, CALLED, "trng")))
                .isFalse();
        assertThat(meets(all, new Made(CPU0, 1, Conduit.SMC, 0, CALLED, null))).isFalse();
        assertThat(meets(all, new Made(CPU0, 1, Conduit.SMC, 5, CALLED, "psci")))
                .as("with another #imm, w0 is no function")
                .isFalse();
        assertThat(meets(CallPattern.ANY, new Made(CPU1, 1, Conduit.HVC, 5, 0, null)))
                .isTrue();
    }

    private static boolean meets(CallPattern where, Made call) {
        FaultPlan plan = FaultPlan.of(rule("a", where, Occasion.ALWAYS));
        return new PlannedFaults(plan, MachineSpec.DEFAULT, 0, Choices.defaults()).fault(call) != null;
    }

    @Test
    void functionsAreOneARangeAnOwnerOrAny() {
        assertThat(new Functions.Range(new FunctionId(0x8400_0000), 4).contain(CALLED))
                .isTrue();
        assertThat(new Functions.Range(new FunctionId(0x8400_0000), 3).contain(CALLED))
                .isFalse();
        assertThat(new Functions.Range(new FunctionId(0xffff_fff0), 16).contain(-1))
                .isTrue();
        assertThat(new Functions.Owner(4).contain(CALLED)).isTrue();
        assertThat(new Functions.Owner(4).contain(CALLED | 1 << 30)).isTrue();
        assertThat(new Functions.Owner(4).contain(CALLED & Integer.MAX_VALUE))
                .as("a yielding call has no owner")
                .isFalse();
        assertThat(new Functions.Owner(5).contain(CALLED)).isFalse();
    }

    @Test
    void theFirstRuleThatFitsCountsAndEachCountsItsOwnCalls() {
        FaultPlan plan = FaultPlan.of(
                new FaultRule("odd", CallPattern.ANY, Occasion.ALWAYS.every(2), OTHER),
                new FaultRule("third", CallPattern.ANY, Occasion.ALWAYS.every(3), FAULT));
        Choices choices = new PlannedFaults(plan, MachineSpec.DEFAULT, 0, Choices.defaults());
        List<CallFault> faults = new ArrayList<>();
        for (int n = 1; n <= 6; n++) {
            faults.add(choices.fault(call(n)));
        }
        assertThat(faults).containsExactly(null, OTHER, FAULT, OTHER, null, OTHER);
        assertThat(choices.left().faults())
                .extracting(count -> count.rule().name() + " " + count.met() + " " + count.fired())
                .containsExactly("odd 6 3", "third 6 1");
    }

    @Test
    void aFaultOfAServiceDoesNotMeetACallThatNoServiceGets() {
        FaultPlan plan = FaultPlan.of(new FaultRule("a", CallPattern.ANY, Occasion.ALWAYS, new CallFault.Repeated()));
        Choices choices = new PlannedFaults(plan, MachineSpec.DEFAULT, 0, Choices.defaults());
        assertThat(choices.fault(new Made(CPU0, 1, Conduit.SMC, 0, CALLED, null)))
                .isNull();
        assertThat(choices.fault(call(2))).isEqualTo(new CallFault.Repeated());
    }

    @Test
    void aCallWithoutARuleIsLeftToTheOtherChoices() {
        Choices others = new Choices() {
            @Override
            public CallFault fault(Call asked) {
                return OTHER;
            }
        };
        FaultPlan plan = FaultPlan.of(rule("a", CallPattern.ANY, Occasion.nth(2)));
        Choices choices = new PlannedFaults(plan, MachineSpec.DEFAULT, 0, others);
        assertThat(choices.fault(call(1))).isEqualTo(OTHER);
        assertThat(choices.fault(call(2))).isEqualTo(FAULT);
    }

    @Test
    void whatCanNeverBeIsRefused() {
        assertThatThrownBy(() -> Occasion.nth(3).every(2)).hasMessage("call 3 is none of every 2 calls");
        assertThatThrownBy(() -> Occasion.ALWAYS.until(new Moment.AtTime(0)))
                .hasMessage("the end of an occasion is not after its beginning");
        assertThatThrownBy(() -> Occasion.ALWAYS.from(new Moment.AtSlice(7)).until(new Moment.AtSlice(7)))
                .hasMessage("the end of an occasion is not after its beginning");
        assertThatThrownBy(() -> Occasion.ALWAYS.withProbability(0)).hasMessageStartingWith("no such occasion");
        assertThatThrownBy(() -> Occasion.ALWAYS.withProbability(Double.NaN)).hasMessageStartingWith("no such");
        FaultRule rule = rule("a", CallPattern.ANY, Occasion.ALWAYS);
        assertThatThrownBy(() -> FaultPlan.of(rule, rule)).hasMessage("two faults have the name 'a'");
        assertThatThrownBy(() -> FaultPlan.of(rule("a", CallPattern.ANY, Occasion.ALWAYS.after("b"))))
                .hasMessage("the fault 'a' comes after 'b', which is no other fault");
        assertThatThrownBy(() -> FaultPlan.of(rule("a", CallPattern.ANY, Occasion.ALWAYS.after("a"))))
                .hasMessage("the fault 'a' comes after 'a', which is no other fault");
        assertThatThrownBy(() -> new CallFault.WrongArgument(RegisterWrites.x0(1)))
                .hasMessage("x0 is the function, and not an argument");
        assertThatThrownBy(() -> new CallFault.WrongResult(RegisterWrites.NONE))
                .hasMessage("a fault that changes no register");
        assertThatThrownBy(() -> new CallFault.Late(CallFault.FOREVER)).hasMessageContaining("a fault that takes");
        assertThatThrownBy(() -> new CallFault.Lost(0)).hasMessage("a fault that takes 0 ticks");
    }
}
