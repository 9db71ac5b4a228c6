package dev.trapline.explore;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.machine.StartingPoint;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import dev.trapline.machine.choice.EditedChoices;
import dev.trapline.machine.choice.SeededEntropy;
import java.util.List;

/// Where the runs of a subject begin, and the choices from power-on up to there, which all of them have in common. A
/// closed set.
public sealed interface Beginning {

    /// The choices before it. Each run from power-on needs its own.
    Choices choices(MachineSpec spec);

    /// The slice that is granted there, from 0. What comes behind its grant is a run's own.
    default long slice() {
        return 0;
    }

    /// When that slice begins, in ticks.
    default long ticks() {
        return 0;
    }

    /// How many more slices a run has up to here than one of an ordinary machine.
    default long cuts() {
        return 0;
    }

    /// At power-on. The first turn and the first round are as short as possible, so that a run's own choices decide
    /// about everything else; services that ask for entropy at their start get it from the machine's seed.
    record PowerOn() implements Beginning {

        @Override
        public long cuts() {
            return 1;
        }

        @Override
        public Choices choices(MachineSpec spec) {
            SeededEntropy entropy = new SeededEntropy(spec.schedule().seed());
            return new Choices() {
                @Override
                public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                    return new Turn(byDefault.vcpu(), 1);
                }

                @Override
                public Bytes entropy(EntropyKey asked, int bytes) {
                    return entropy.draw(asked, bytes);
                }

                // A round that is under way cannot end earlier for what a run has planned.
                @Override
                public long arrivalBetween(long after, long until, boolean idle) {
                    return after + 1;
                }
            };
        }
    }

    /// At power-on, with the first turn of a recording.
    ///
    /// @param recorded how the recorded run differs from one in which nothing happens
    record FirstTurn(List<Choice> recorded) implements Beginning {

        public FirstTurn {
            recorded = List.copyOf(recorded);
        }

        @Override
        public Choices choices(MachineSpec spec) {
            return new DelegatingChoices(new EditedChoices(recorded, Choices.defaults())) {
                // Of the turns before the first slice, only one can be kept by all runs.
                @Override
                public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                    Turn turn = super.turn(asked, ready, byDefault);
                    return turn.length() == 0 ? byDefault : turn;
                }
            };
        }
    }

    /// At a place of a recording.
    ///
    /// @param recorded how the recorded run up to there differs from one in which nothing happens
    /// @param state the machine there
    record Place(List<Choice> recorded, long slice, long ticks, StartingPoint state) implements Beginning {

        public Place {
            recorded = List.copyOf(recorded);
        }

        @Override
        public Choices choices(MachineSpec spec) {
            return new EditedChoices(recorded, Choices.defaults());
        }
    }
}
