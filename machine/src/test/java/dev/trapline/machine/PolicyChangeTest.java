package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Reconfigured;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A new policy takes effect between two slices, for all vCPUs at once.
class PolicyChangeTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final Policy WITHOUT_HVC = Policy.DEFAULT.with(Toggle.HVC, false);

    private final ToyMachine toys = new ToyMachine();
    private final Told told = new Told();

    @AfterEach
    void close() {
        toys.close();
    }

    private static SliceEnd.Own whole(long began) {
        Slice slice = new Slice(CPU0, began, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        return new SliceEnd.BudgetUsed(slice, SliceEnd.Reading.NONE, 0);
    }

    @Test
    void everyVcpuHasTheNewTableBeforeTheNextGrant() {
        MachineCore core = toys.begun(2, told);
        toys.requests.reconfigure(WITHOUT_HVC);
        core.sliceEnded(whole(0));
        assertThat(told.commands)
                .as("a table for each vCPU, also for one that is off, and then the grant")
                .satisfiesExactly(
                        first -> {
                            assertThat(first.vcpu()).isEqualTo(CPU0);
                            assertThat(first.what()).isInstanceOf(VcpuCommand.Reconfigure.class);
                        },
                        second -> {
                            assertThat(second.vcpu()).isEqualTo(CPU1);
                            assertThat(second.what()).isInstanceOf(VcpuCommand.Reconfigure.class);
                        },
                        third -> assertThat(third.what()).isInstanceOf(VcpuCommand.Grant.class));
        assertThat(core.policy()).as("the policy in force").isEqualTo(WITHOUT_HVC);
    }

    @Test
    void anEqualPolicyIsRecordedAndChangesNoTable() {
        MachineCore core = toys.begun(2, told);
        toys.requests.reconfigure(new Policy(new TreeMap<>(), Policy.DEFAULT.rules()));
        core.sliceEnded(whole(0));
        assertThat(told.commands)
                .as("only the grant")
                .singleElement()
                .satisfies(only -> assertThat(only.what()).isInstanceOf(VcpuCommand.Grant.class));
        assertThat(toys.records(Reconfigured.class)).as("it is an input").hasSize(1);
    }

    @Test
    void aCallIsDecidedByThePolicyThatWasInForceAtItsSlicesBeginning() {
        toys.engines.script(
                hvc(Toy.COUNT),
                ToyMachine.doing(() -> toys.requests.reconfigure(WITHOUT_HVC), hvc(Toy.COUNT)),
                hvc(Toy.COUNT),
                budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 3);
        assertThat(toys.records(Answer.class).stream().map(Answer::decision))
                .as("the second call ends the slice in which the policy was requested")
                .containsExactly(
                        new Decision.Forwarded("toy"),
                        new Decision.Forwarded("toy"),
                        new Decision.Denied(Decision.Reason.BY_TOGGLE));
        assertThat(toys.toy.calls)
                .as("a denied call does not reach the service")
                .hasSize(2);
        assertThat(toys.history.records.get(4))
                .as("the input is recorded behind the call and its answer")
                .isEqualTo(new JournalRecord.Reconfigured(WITHOUT_HVC));
    }
}
