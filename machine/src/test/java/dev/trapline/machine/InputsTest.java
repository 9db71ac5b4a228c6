package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Arrival;
import dev.trapline.abi.history.JournalRecord.Entropy;
import dev.trapline.abi.history.JournalRecord.Injected;
import dev.trapline.abi.history.JournalRecord.Input;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.choice.Choices;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a live machine asks for at a slice boundary, in which order, and what it gives to the services.
class InputsTest {

    private static final Arrival WAKE = new Injected(new Injection.WakeUp(VcpuId.BOOT));

    private final ToyMachine toys = new ToyMachine();

    @AfterEach
    void close() {
        toys.close();
    }

    /// Gives each request another byte, which is its number, and one injection behind the first slice.
    private static final class Counting implements Choices {
        final List<EntropyKey> asked = new ArrayList<>();
        final int more;
        private boolean injected;

        Counting(int more) {
            this.more = more;
        }

        @Override
        public Bytes entropy(EntropyKey key, int bytes) {
            asked.add(key);
            byte[] drawn = new byte[bytes + more];
            drawn[0] = (byte) asked.size();
            return Bytes.copyOf(drawn);
        }

        @Override
        public @Nullable Arrival arrival(Place here) {
            boolean first = here.slices() == 1 && !injected;
            injected |= first;
            return first ? WAKE : null;
        }
    }

    private static Entropy entropy(int number) {
        return new Entropy("toy", Bytes.copyOf(new byte[] {(byte) number}));
    }

    @Test
    void entropyComesInTheOrderOfItsRequestsAndBeforeWhatComesFromOutside() {
        toys.engines.script(hvc(toys.toy.does(new Effect.DrawEntropy(1), new Effect.DrawEntropy(1))), budget());
        Counting choices = new Counting(0);
        StepMachine machine = toys.begin(ToyMachine.spec(1), choices, toys.history);
        ToyMachine.run(machine, 1);
        assertThat(toys.records(Input.class)).containsExactly(entropy(1), entropy(2), WAKE);
        assertThat(choices.asked)
                .as("each request has the next name")
                .containsExactly(new EntropyKey("toy", 1), new EntropyKey("toy", 2));
    }

    @Test
    void whatAServiceRequestsWhenItGetsEntropyComesAtTheNextBoundary() {
        toys.toy.reaction =
                event -> event instanceof MachineEvent.Entropy ? List.of(new Effect.DrawEntropy(1)) : List.of();
        toys.engines.script(hvc(toys.toy.does(new Effect.DrawEntropy(1))), budget(), budget());
        StepMachine machine = toys.begin(ToyMachine.spec(1), new Counting(0), toys.history);
        ToyMachine.run(machine, 3);
        List<JournalRecord> alternating = toys.history.records.stream()
                .filter(record -> record instanceof Entropy || record instanceof Slice)
                .<JournalRecord>map(record -> record instanceof Slice ? WAKE : record)
                .toList();
        assertThat(alternating)
                .as("one behind each slice")
                .containsExactly(WAKE, entropy(1), WAKE, entropy(2), WAKE, entropy(3));
    }

    @Test
    void aSourceThatGivesMoreEntropyThanWasRequestedIsADefect() {
        toys.engines.script(hvc(toys.toy.does(new Effect.DrawEntropy(1))), budget());
        StepMachine machine = toys.begin(ToyMachine.spec(1), new Counting(1), toys.history);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.message())
                                .isEqualTo("the source of entropy gave 2 bytes where 1 were asked for"));
        assertThat(toys.records(Entropy.class)).as("it is not recorded").isEmpty();
    }

    @Test
    void aPressedPowerButtonIsReleasedAfterATenthOfASecond() {
        MachineSpec spec = ToyMachine.spec(1);
        spec = spec.with(spec.board().withKind(BoardKind.VIRT));
        toys.requests.inject(new Injection.PowerButton());
        toys.begin(spec);
        assertThat(toys.parts().board().deadline())
                .as("in ticks, from the beginning of the first round")
                .isEqualTo(MachineSpec.TICKS_PER_SECOND / 10);
    }
}
