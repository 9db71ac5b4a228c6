package dev.trapline.machine.firmware.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which states can be written, and the messages for the others.
class StateKindsTest {

    private static final String NAME = "sample";

    record Counter(AtomicLong count) {}

    record Outer(String name, List<Counter> counters) {}

    @SuppressWarnings("rawtypes")
    record Raw(List elements) {}

    record Anything(Object value) {}

    record Words(@SuppressWarnings("ArrayRecordComponent") String[] words) {}

    record Open(CharSequence text) {}

    sealed interface Half permits Known, Unknown {}

    record Known(int value) implements Half {}

    static final class Unknown implements Half {}

    record Halves(Map<String, Half> halves) {}

    static final class NoRecord {}

    static final class OfCounter extends SampleState.Service<Outer> {}

    static final class OfRaw extends SampleState.Service<Raw> {}

    static final class OfAnything extends SampleState.Service<Anything> {}

    static final class OfWords extends SampleState.Service<Words> {}

    static final class OfOpen extends SampleState.Service<Open> {}

    static final class OfHalves extends SampleState.Service<Halves> {}

    static final class OfNoRecord extends SampleState.Service<NoRecord> {}

    static final class OfWhatever<S> extends SampleState.Service<S> {}

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        new OfCounter(),
                        "its state's component counters[].count is java.util.concurrent.atomic.AtomicLong"),
                Arguments.of(new OfRaw(), "its state's component elements is java.util.List"),
                Arguments.of(new OfAnything(), "its state's component value is java.lang.Object"),
                Arguments.of(new OfWords(), "its state's component words is [Ljava.lang.String;"),
                Arguments.of(new OfOpen(), "its state's component text is java.lang.CharSequence"),
                Arguments.of(new OfHalves(), "its state's component halves[] is " + Unknown.class.getName()),
                Arguments.of(new OfNoRecord(), "its state is " + NoRecord.class.getName()),
                Arguments.of(new OfWhatever<Long>(), "does not fix the type argument of FirmwareService"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeWrittenIsRefusedWithServiceComponentAndClass(SampleState.Service<?> service, String message) {
        assertThatThrownBy(() -> StateCodec.of(service, NAME))
                .isInstanceOf(UnsupportedStateException.class)
                .hasMessageStartingWith("service 'sample': ")
                .hasMessageContaining(message);
    }

    static final class OfLong extends SampleState.Service<Long> {}

    static final class OfText extends SampleState.Service<String> {}

    @SuppressWarnings("ArrayRecordComponent")
    record Arrays2(long[] wide, byte[] narrow, boolean[] flags, double[] none) {}

    static final class OfArrays extends SampleState.Service<Arrays2> {}

    static final class OfSet extends SampleState.Service<Set<Long>> {}

    static final class OfSorted extends SampleState.Service<SortedSet<Long>> {}

    record Chain(int value, List<Chain> next) {}

    static final class OfChain extends SampleState.Service<Chain> {}

    @Test
    void aBoxAloneIsAState() {
        StateCodec<Long> codec = StateCodec.of(new OfLong(), NAME);
        assertThat(codec.decode(codec.encode(-2L))).isEqualTo(-2L);
        StateCodec<String> text = StateCodec.of(new OfText(), NAME);
        assertThat(text.decode(text.encode("tr\u00e4p \ud800")))
                .as("half a surrogate pair is a string, too")
                .isEqualTo("tr\u00e4p \ud800");
    }

    @Test
    void arraysOfPrimitivesKeepTheirElements() {
        StateCodec<Arrays2> codec = StateCodec.of(new OfArrays(), NAME);
        Arrays2 state = new Arrays2(new long[] {1, -1}, new byte[] {-128}, new boolean[] {true, false}, new double[0]);
        Arrays2 read = codec.decode(codec.encode(state));
        assertThat(read.wide()).containsExactly(1, -1);
        assertThat(read.narrow()).containsExactly(-128);
        assertThat(read.flags()).containsExactly(true, false);
        assertThat(read.none()).isEmpty();
    }

    @Test
    void equalSetsWithoutAnOrderGiveEqualBytes() {
        StateCodec<Set<Long>> codec = StateCodec.of(new OfSet(), NAME);
        Bytes sorted = codec.encode(new LinkedHashSet<>(List.of(1L, 2L, 3L, 4L, 5L)));
        assertThat(codec.encode(Set.of(5L, 4L, 3L, 2L, 1L))).isEqualTo(sorted);
        assertThat(codec.encode(new HashSet<>(List.of(2L, 3L, 1L, 5L, 4L)))).isEqualTo(sorted);
        assertThat(codec.encode(new LinkedHashSet<>(List.of(2L, 1L, 3L, 4L, 5L))))
                .as("ordered collections with another order are different")
                .isNotEqualTo(sorted);
    }

    @Test
    void aSetInAnOrderOfItsOwnIsRefused() {
        StateCodec<SortedSet<Long>> codec = StateCodec.of(new OfSorted(), NAME);
        SortedSet<Long> backwards = new TreeSet<>(Comparator.reverseOrder());
        assertThatThrownBy(() -> codec.encode(backwards))
                .isInstanceOf(UnsupportedStateException.class)
                .hasMessageContaining("service 'sample': its state is sorted by ");
    }

    @Test
    void whatIsNestedWithoutEndIsRefusedAndNotTheEndOfTheProcess() {
        StateCodec<Chain> codec = StateCodec.of(new OfChain(), NAME);
        Chain chain = new Chain(0, List.of());
        for (int n = 1; n < 1_000_000; n++) {
            chain = new Chain(n, List.of(chain));
        }
        Chain longChain = chain;
        assertThatThrownBy(() -> codec.encode(longChain))
                .isInstanceOf(UnsupportedStateException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void aClassThatTheTypesDoNotLeadToIsNeverMade() {
        StateCodec<SampleState> codec = StateCodec.of(new SampleState.OfSample(), NAME);
        StateCodec<Long> other = StateCodec.of(new OfLong(), NAME);
        assertThat(codec.shape()).as("other types, another shape").isNotEqualTo(other.shape());
        assertThat(codec.shape())
                .as("the same types, the same shape")
                .isEqualTo(StateCodec.of(new SampleState.OfSample(), NAME).shape());
        StateWriter forged = new StateWriter();
        forged.putText("java.lang.ProcessBuilder");
        ChoiceForms.SealedForm sealed = new ChoiceForms.SealedForm(Half.class, Map.of());
        assertThatThrownBy(() -> sealed.read(new StateReader(forged.toBytes())))
                .isInstanceOf(StateDamagedException.class)
                .hasMessageContaining("does not permit a class java.lang.ProcessBuilder");
    }
}
