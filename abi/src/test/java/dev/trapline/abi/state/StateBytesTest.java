package dev.trapline.abi.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// What a part of a machine writes down it reads back, and nothing else.
class StateBytesTest {

    /// Something of each kind, in an order.
    @SuppressWarnings("ArrayRecordComponent")
    private record Part(long word, int number, boolean flag, long[] words, byte[] bytes, String text)
            implements Snapshot {

        @Override
        public void save(StateWriter state) {
            state.put(word);
            state.put(number);
            state.put(flag);
            state.put(words);
            state.putBytes(bytes);
            state.putText(text);
        }

        @Override
        public void load(StateReader state) {
            assertThat(state.take()).as("the word").isEqualTo(word);
            assertThat(state.takeInt()).as("the number").isEqualTo(number);
            assertThat(state.takeFlag()).as("the flag").isEqualTo(flag);
            long[] into = new long[words.length];
            state.take(into);
            assertThat(into).as("the words").isEqualTo(words);
            assertThat(state.takeBytes()).as("the bytes").isEqualTo(bytes);
            assertThat(state.takeText()).as("the text").isEqualTo(text);
        }
    }

    @Property(tries = 300)
    void whatWasWrittenIsReadBack(
            @ForAll long word,
            @ForAll int number,
            @ForAll boolean flag,
            @ForAll long[] words,
            @ForAll byte[] bytes,
            @ForAll String text) {
        Part part = new Part(word, number, flag, words, bytes, text);
        part.load(part.save());
    }

    @Property(tries = 300)
    void aStateThatWasCutIsRefused(@ForAll long word, @ForAll byte[] bytes, @ForAll String text) {
        Part part = new Part(word, 1, true, new long[2], bytes, text);
        byte[] whole = part.save().toArray();
        Bytes cut = Bytes.copyOf(whole, 0, whole.length - 1);
        assertThatThrownBy(() -> part.load(cut)).isInstanceOf(StateDamagedException.class);
    }

    @Test
    void halfASurrogatePairIsATextAsWell() {
        Part part = new Part(0, 0, false, new long[0], new byte[0], "\ud800");
        part.load(part.save());
    }

    @Test
    void whatIsLeftOverIsRefused() {
        StateWriter writer = new StateWriter();
        writer.put(true);
        writer.put(true);
        StateReader reader = new StateReader(writer.toBytes());
        assertThat(reader.takeFlag()).isTrue();
        assertThatThrownBy(reader::end)
                .isInstanceOf(StateDamagedException.class)
                .hasMessageContaining("1 bytes too many");
    }

    @Test
    void wordsAreLittleEndianAndFlagsTakeAByte() {
        StateWriter writer = new StateWriter();
        writer.put(0x0102_0304_0506_0708L);
        writer.put(true);
        writer.putCount(300);
        assertThat(writer.toArray()).containsExactly(8, 7, 6, 5, 4, 3, 2, 1, 1, 0xac, 2);
    }

    private static void refused(String what, Consumer<StateReader> take, int... bytes) {
        byte[] state = new byte[bytes.length];
        for (int k = 0; k < state.length; k++) {
            state[k] = (byte) bytes[k];
        }
        StateReader reader = new StateReader(Bytes.copyOf(state));
        assertThatThrownBy(() -> take.accept(reader)).as(what).isInstanceOf(StateDamagedException.class);
    }

    @Test
    void bytesThatNobodyWroteAreRefused() {
        refused("a flag of 2", StateReader::takeFlag, 2);
        refused("a number that is no int", StateReader::takeInt, 0, 0, 0, 0, 1, 0, 0, 0);
        refused("more bytes than there are", StateReader::takeBytes, 3, 1, 2);
        refused("half a text", StateReader::takeText, 2, 65, 0, 66);
        refused("a count that does not end", StateReader::takeBytes, 255, 255, 255, 255, 255, 255);
    }
}
