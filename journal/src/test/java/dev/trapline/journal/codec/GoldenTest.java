package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.journal.SampleRun;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All later versions can read bytes that were once written. A new format version adds a directory; files of old
/// versions never change.
///
/// `-Dtrapline.golden.write=true` writes the missing files of the current version.
class GoldenTest {

    private static final String DIRECTORY = "golden/v" + JournalFormat.VERSION + "/";
    private static final Pattern PACKAGE = Pattern.compile("(?:[a-z][a-z0-9]*\\.)+(?=[A-Z])");

    private static final String FAULTS = "faults.bin";
    private static final String DEFECTS = "defects.bin";

    private static final String RAISE =
            "what a recording holds has changed: raise JournalFormat.VERSION, keep reading the old one or refuse it by"
                    + " name, and add golden files";

    @Test
    void theGoldenHeaderDecodes() throws IOException {
        byte[] golden = golden("header.bin", HeaderCodec.encode(SampleRun.header("golden")));
        assertThat(HeaderCodec.decode(golden)).as(RAISE).isEqualTo(SampleRun.header("golden"));
        byte[] connected = golden("header-connected.bin", HeaderCodec.encode(SampleRun.connectedHeader("golden")));
        assertThat(HeaderCodec.decode(connected)).as(RAISE).isEqualTo(SampleRun.connectedHeader("golden"));
        byte[] defects = golden("header-defects.bin", HeaderCodec.encode(SampleRun.defectiveHeader("golden")));
        assertThat(HeaderCodec.decode(defects)).as(RAISE).isEqualTo(SampleRun.defectiveHeader("golden"));
    }

    @Test
    void theGoldenSegmentsDecode() throws IOException {
        for (var entry : runs().entrySet()) {
            byte[] golden = golden(entry.getKey(), segment(entry.getValue()));
            Segment segment = Segment.parse(golden.clone());
            List<JournalRecord> read = records(golden);
            assertThat(read).as("%s: %s", entry.getKey(), RAISE).isEqualTo(entry.getValue());
            assertThat(segment.records()).isEqualTo(read.size());
        }
    }

    /// Version 8 only adds faults to version 7, and version 9 only defects to version 8.
    @ParameterizedTest
    @ValueSource(ints = {7, 8})
    void theGoldenFilesOfTheVersionsBeforeAreStillRead(int version) throws IOException {
        assertThat(HeaderCodec.decode(before(version, "header.bin"))).isEqualTo(SampleRun.header("golden"));
        assertThat(HeaderCodec.decode(before(version, "header-connected.bin")))
                .isEqualTo(SampleRun.connectedHeader("golden"));
        for (var entry : runs().entrySet()) {
            boolean isNewer = entry.getKey().equals(DEFECTS) || (entry.getKey().equals(FAULTS) && version == 7);
            if (!isNewer) {
                byte[] golden = before(version, entry.getKey());
                Segment.parse(golden.clone());
                assertThat(records(golden)).as("%s", entry.getKey()).isEqualTo(entry.getValue());
            }
        }
    }

    private static List<JournalRecord> records(byte[] segment) {
        RecordDecoder decoder = new RecordDecoder(new PackedReader(segment, Segment.HEADER_BYTES, segment.length));
        List<JournalRecord> records = new ArrayList<>();
        while (decoder.hasNext()) {
            records.add(decoder.next());
        }
        return records;
    }

    private static byte[] before(int version, String name) throws IOException {
        try (InputStream in =
                GoldenTest.class.getClassLoader().getResourceAsStream("golden/v" + version + "/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @Test
    void whatIsWrittenIsTheGoldenBytes() throws IOException {
        byte[] header = HeaderCodec.encode(SampleRun.header("golden"));
        assertThat(header).as("header.bin: %s", RAISE).isEqualTo(golden("header.bin", header));
        byte[] connected = HeaderCodec.encode(SampleRun.connectedHeader("golden"));
        assertThat(connected)
                .as("header-connected.bin: %s", RAISE)
                .isEqualTo(golden("header-connected.bin", connected));
        byte[] defects = HeaderCodec.encode(SampleRun.defectiveHeader("golden"));
        assertThat(defects).as("header-defects.bin: %s", RAISE).isEqualTo(golden("header-defects.bin", defects));
        for (var entry : runs().entrySet()) {
            byte[] written = segment(entry.getValue());
            assertThat(written).as("%s: %s", entry.getKey(), RAISE).isEqualTo(golden(entry.getKey(), written));
        }
    }

    @Test
    void theShapeOfTheRecordsIsThatOfTheFormatVersion() throws IOException {
        SortedMap<String, String> shapes = new TreeMap<>();
        describe(JournalRecord.class, shapes);
        describe(RecordingHeader.class, shapes);
        // A class that moves to another package does not change the format.
        String shape = shapes.entrySet().stream()
                .map(e ->
                        PACKAGE.matcher(e.getKey() + " " + e.getValue() + "\n").replaceAll(""))
                .sorted()
                .collect(Collectors.joining());
        String golden = new String(golden("shape.txt", shape.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        assertThat(shape).as(RAISE).isEqualTo(golden);
    }

    private static SortedMap<String, List<JournalRecord>> runs() {
        SortedMap<String, List<JournalRecord>> runs = new TreeMap<>();
        runs.put("loop.bin", SampleRun.records(300));
        AnyRecord frames = new AnyRecord(new Random(9));
        runs.put("frames.bin", List.of(frames.frame(), frames.next(), frames.frame(), frames.frame(), frames.end()));
        AnyRecord faults = new AnyRecord(new Random(10));
        List<JournalRecord> faulty = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            faulty.add(n % 4 == 0 ? faults.upset() : n % 2 == 0 ? faults.faulted() : faults.next());
        }
        faulty.add(new JournalRecord.End(new RunOutcome.Deadlock(List.of(VcpuState.values())), 1, 2, 3));
        runs.put(FAULTS, faulty);
        AnyRecord defects = new AnyRecord(new Random(11));
        List<JournalRecord> defective = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            defective.add(n % 2 == 0 ? defects.defect() : defects.next());
        }
        defective.add(defects.end());
        runs.put(DEFECTS, defective);
        for (int seed = 1; seed <= 8; seed++) {
            AnyRecord any = new AnyRecord(new Random(seed));
            List<JournalRecord> records = new ArrayList<>();
            for (int n = 0; n < 60; n++) {
                records.add(any.next());
            }
            records.add(any.end());
            runs.put("any-" + seed + ".bin", records);
        }
        return runs;
    }

    private static byte[] segment(List<JournalRecord> records) {
        SegmentBuilder builder = new SegmentBuilder(1);
        records.forEach(builder::add);
        return builder.seal().bytes();
    }

    private static byte[] golden(String name, byte[] present) throws IOException {
        try (InputStream in = GoldenTest.class.getClassLoader().getResourceAsStream(DIRECTORY + name)) {
            if (in != null) {
                return in.readAllBytes();
            }
        }
        Path file = Path.of("src/test/resources").resolve(DIRECTORY + name);
        assertThat(Boolean.getBoolean("trapline.golden.write"))
                .as("%s is missing: -Dtrapline.golden.write=true writes it", file)
                .isTrue();
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, present);
        return present;
    }

    /// Every type in a record, with its components, constants or kinds.
    private static void describe(Type type, SortedMap<String, String> shapes) {
        if (type instanceof ParameterizedType parameterized) {
            for (Type argument : parameterized.getActualTypeArguments()) {
                describe(argument, shapes);
            }
            return;
        }
        if (!(type instanceof Class<?> known) || shapes.containsKey(known.getName())) {
            return;
        }
        Class<?> @Nullable [] kinds = known.getPermittedSubclasses();
        if (kinds != null) {
            shapes.put(known.getName(), "is one of " + names(kinds));
            Arrays.stream(kinds).forEach(kind -> describe(kind, shapes));
        } else if (known.isEnum()) {
            shapes.put(known.getName(), "is one of " + Arrays.toString(known.getEnumConstants()));
        } else if (known.isRecord()) {
            RecordComponent[] components = known.getRecordComponents();
            shapes.put(
                    known.getName(),
                    Arrays.stream(components)
                            .map(c -> c.getName() + ": " + c.getGenericType().getTypeName())
                            .toList()
                            .toString());
            Arrays.stream(components).forEach(c -> describe(c.getGenericType(), shapes));
        }
    }

    private static String names(Class<?>[] types) {
        return Arrays.stream(types).map(Class::getName).sorted().toList().toString();
    }
}
