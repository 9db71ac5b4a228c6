package dev.trapline.machine.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Arrival;
import dev.trapline.abi.history.JournalRecord.ConsoleInput;
import dev.trapline.abi.history.JournalRecord.Injected;
import dev.trapline.abi.machine.Injection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A list of choices answers each question by its name ("Choices" in "Determinism"); another source answers the rest.
class EditedChoicesTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final ChoicePoint HERE = new ChoicePoint(CPU0, 700, 500);
    private static final Turn BY_DEFAULT = new Turn(CPU0, 1_000);
    private static final Turn CHOSEN = new Turn(CPU1, 40);
    private static final EntropyKey FIRST = new EntropyKey("trng", 1);
    private static final Bytes FOUR = Bytes.copyOf(new byte[] {1, 2, 3, 4});
    private static final Arrival WAKE0 = new Injected(new Injection.WakeUp(CPU0));
    private static final Arrival WAKE1 = new Injected(new Injection.WakeUp(CPU1));
    private static final Arrival TYPED = new ConsoleInput(FOUR);

    /// A place, where the console's receiver has room for some bytes.
    private record Here(ChoicePoint point, int receiverRoom) implements Choices.Place {
        @Override
        public long slices() {
            return 3;
        }

        @Override
        public long round() {
            return point.round();
        }

        @Override
        public boolean receivesFrame() {
            return true;
        }

        @Override
        public boolean receiverIsEmpty() {
            return true;
        }
    }

    private static Here at(long round) {
        return new Here(new ChoicePoint(CPU0, 0, round), 16);
    }

    /// Another source, with answers that the list does not have.
    private static final class Others implements Choices {
        static final Turn TURN = new Turn(CPU0, 1);
        static final Bytes ENTROPY = Bytes.copyOf(new byte[] {9});
        static final Arrival STOP = new JournalRecord.Stop(JournalRecord.Stop.Reason.INTERRUPTED);
        long next = NEVER;

        @Override
        public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
            return TURN;
        }

        @Override
        public Bytes entropy(EntropyKey asked, int bytes) {
            return ENTROPY;
        }

        @Override
        public @Nullable Arrival arrival(Place here) {
            return STOP;
        }

        @Override
        public long arrivalBetween(long after, long until, boolean idle) {
            return next;
        }
    }

    private final Others others = new Others();

    private EditedChoices edited(Choice... choices) {
        return new EditedChoices(List.of(choices), others);
    }

    @Test
    void aTurnAnswersTheQuestionOfItsNameOnce() {
        EditedChoices edited = edited(new Choice.OfTurn(HERE, CHOSEN));
        assertThat(edited.turn(new ChoicePoint(CPU0, 701, 500), 0b11, BY_DEFAULT))
                .as("another name: a tick later")
                .isEqualTo(Others.TURN);
        assertThat(edited.turn(HERE, 0b11, BY_DEFAULT)).as("its name").isEqualTo(CHOSEN);
        assertThat(edited.unused()).as("it is used").isEmpty();
        assertThat(edited.turn(HERE, 0b11, BY_DEFAULT))
                .as("a choice is for one question")
                .isEqualTo(Others.TURN);
    }

    @Test
    void aTurnOfAVcpuThatCannotRunStaysUnused() {
        Choice turn = new Choice.OfTurn(HERE, CHOSEN);
        EditedChoices edited = edited(turn);
        assertThat(edited.turn(HERE, CPU0.bit(), BY_DEFAULT))
                .as("only vcpu0 can run")
                .isEqualTo(Others.TURN);
        assertThat(edited.unused()).containsExactly(turn);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 100})
    void entropyAnswersTheRequestOfItsNameThatWantsAsMuchOrMore(int wanted) {
        EditedChoices edited = edited(new Choice.OfEntropy(FIRST, FOUR));
        assertThat(edited.entropy(new EntropyKey("trng", 2), wanted))
                .as("the second request")
                .isEqualTo(Others.ENTROPY);
        assertThat(edited.entropy(new EntropyKey("other", 1), wanted))
                .as("another service")
                .isEqualTo(Others.ENTROPY);
        assertThat(edited.entropy(FIRST, wanted)).as("its name").isEqualTo(FOUR);
        assertThat(edited.unused()).as("it is used").isEmpty();
        assertThat(edited.entropy(FIRST, wanted)).as("once").isEqualTo(Others.ENTROPY);
    }

    @Test
    void entropyThatIsMoreThanARequestWantsStaysUnused() {
        Choice entropy = new Choice.OfEntropy(FIRST, FOUR);
        EditedChoices edited = edited(entropy);
        assertThat(edited.entropy(FIRST, 3))
                .as("a service gets as much as it wants, or less")
                .isEqualTo(Others.ENTROPY);
        assertThat(edited.unused()).containsExactly(entropy);
    }

    @Test
    void arrivalsAtAPlaceComeThereInTheOrderOfTheListAndThenThoseOfTheOthers() {
        Here here = new Here(HERE, 16);
        EditedChoices edited = edited(new Choice.OfArrival(HERE, WAKE1), new Choice.OfArrival(HERE, WAKE0));
        assertThat(edited.arrival(at(500))).as("another place").isEqualTo(Others.STOP);
        assertThat(edited.arrival(here)).isEqualTo(WAKE1);
        assertThat(edited.unused())
                .as("the second one is still to come")
                .containsExactly(new Choice.OfArrival(HERE, WAKE0));
        assertThat(edited.arrival(here)).isEqualTo(WAKE0);
        assertThat(edited.unused()).isEmpty();
        assertThat(edited.arrival(here)).as("the list is empty").isEqualTo(Others.STOP);
    }

    @Test
    void anArrivalThatIsPlannedComesInTheFirstRoundThatBeginsThenOrLaterAndBeforeThoseOfThePlace() {
        EditedChoices edited = edited(
                new Choice.OfArrival(at(900).point(), TYPED),
                new Choice.Planned(900, WAKE1),
                new Choice.Planned(600, WAKE0));
        assertThat(edited.arrival(at(599))).as("a tick early").isEqualTo(Others.STOP);
        assertThat(edited.arrival(at(600))).as("at its time").isEqualTo(WAKE0);
        assertThat(edited.arrival(at(899))).as("only the first was due").isEqualTo(Others.STOP);
        assertThat(edited.arrival(at(900))).as("the planned one").isEqualTo(WAKE1);
        assertThat(edited.arrival(at(900))).as("that of the place").isEqualTo(TYPED);
    }

    @Test
    void aPlannedArrivalThatIsLateStillComes() {
        assertThat(edited(new Choice.Planned(600, WAKE0)).arrival(at(10_000))).isEqualTo(WAKE0);
    }

    @Test
    void consoleInputWaitsUntilItsReceiverHasRoomForAllOfIt() {
        EditedChoices byPlace = edited(new Choice.OfArrival(HERE, TYPED));
        assertThat(byPlace.arrival(new Here(HERE, 3)))
                .as("four bytes, room for three")
                .isEqualTo(Others.STOP);
        assertThat(byPlace.arrival(new Here(HERE, 4))).as("room for four").isEqualTo(TYPED);
        EditedChoices planned = edited(new Choice.Planned(500, TYPED), new Choice.OfArrival(HERE, WAKE1));
        assertThat(planned.arrival(new Here(HERE, 3)))
                .as("what is not console input does not wait for it")
                .isEqualTo(WAKE1);
        assertThat(planned.arrival(new Here(HERE, 0))).isEqualTo(Others.STOP);
        assertThat(planned.arrival(new Here(HERE, 4))).isEqualTo(TYPED);
    }

    @Test
    void theNextPlannedTimeIsTheFirstOneLaterThanAMoment() {
        EditedChoices edited = edited(new Choice.Planned(900, WAKE1), new Choice.Planned(600, WAKE0));
        assertThat(edited.arrivalBetween(0, Choices.NEVER, true)).isEqualTo(600);
        assertThat(edited.arrivalBetween(599, Choices.NEVER, true)).isEqualTo(600);
        assertThat(edited.arrivalBetween(600, Choices.NEVER, true))
                .as("later than the moment")
                .isEqualTo(900);
        assertThat(edited.arrivalBetween(900, Choices.NEVER, true))
                .as("no more")
                .isEqualTo(Choices.NEVER);
        others.next = 700;
        assertThat(edited.arrivalBetween(0, Choices.NEVER, true))
                .as("the list is earlier")
                .isEqualTo(600);
        assertThat(edited.arrivalBetween(600, Choices.NEVER, true))
                .as("the others are earlier")
                .isEqualTo(700);
        assertThat(edited.arrivalBetween(900, Choices.NEVER, true))
                .as("only the others")
                .isEqualTo(700);
    }

    @Test
    void whatIsUnusedIsTurnsThenArrivalsThenPlannedOnesThenEntropyEachInOrder() {
        Choice late = new Choice.OfTurn(new ChoicePoint(CPU0, 900, 500), CHOSEN);
        Choice early = new Choice.OfTurn(HERE, CHOSEN);
        Choice second = new Choice.OfEntropy(new EntropyKey("trng", 2), FOUR);
        Choice first = new Choice.OfEntropy(FIRST, FOUR);
        Choice arrival = new Choice.OfArrival(HERE, WAKE0);
        Choice planned = new Choice.Planned(3, WAKE1);
        assertThat(edited(second, planned, late, first, arrival, early).unused())
                .containsExactly(early, late, arrival, planned, first, second);
    }

    @Test
    void twoAnswersToOneQuestionAreAMistake() {
        assertThatThrownBy(() -> edited(new Choice.OfTurn(HERE, CHOSEN), new Choice.OfTurn(HERE, new Turn(CPU0, 5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two choices for the same question");
        assertThatThrownBy(() -> edited(new Choice.OfEntropy(FIRST, FOUR), new Choice.OfEntropy(FIRST, Others.ENTROPY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trng");
    }

    /// What a machine has chosen is the list of the next run.
    @Test
    void notedChoicesAreTheListOfAnEqualRun() {
        NotedChoices noted = new NotedChoices(edited(new Choice.OfTurn(HERE, CHOSEN), new Choice.Planned(600, WAKE0)));
        noted.turn(HERE, 0b11, BY_DEFAULT);
        noted.turn(new ChoicePoint(CPU1, 0, 0), 0b11, Others.TURN);
        noted.entropy(FIRST, 8);
        noted.arrivalBetween(500, Choices.NEVER, true);
        noted.arrival(at(600));
        noted.arrival(new Here(new ChoicePoint(CPU1, 650, 600), 16));
        assertThat(noted.noted())
                .as("a turn by default is no choice; what was not planned has its place")
                .containsExactly(
                        new Choice.OfTurn(HERE, CHOSEN),
                        new Choice.OfEntropy(FIRST, Others.ENTROPY),
                        new Choice.Planned(600, WAKE0),
                        new Choice.OfArrival(new ChoicePoint(CPU1, 650, 600), Others.STOP));
    }
}
