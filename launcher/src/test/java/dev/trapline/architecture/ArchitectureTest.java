package dev.trapline.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.trapline.architecture.DeterminismRules.Exemption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The product follows every rule of [ModuleRules] and [DeterminismRules], and the rules find every violation in a
/// sample tree.
class ArchitectureTest {

    private static final String SAMPLE = "dev.trapline.architecture.sample";

    private static final String FINDS_THE_LIBRARY = "finds the native library, whose hash is in the header";

    private static final String CHOOSES_SHORTCUTS = "decides how fast an engine is, and nothing else";

    private static final String READS_AHEAD =
            "reads the next segment ahead, which is immutable, and waits for it in order";

    private static final List<Exemption> EXEMPTIONS = List.of(
            new Exemption("Database", "System.getenv", "finds where a history is read; it is the same anywhere"),
            new Exemption("DatabaseFiles", "System.getProperty", "finds the user's own passwords and certificates"),
            new Exemption("CheckpointSeal", "SecureRandom.<init>", "a key that nobody can guess; no part of a history"),
            new Exemption("CheckpointSeal", "SecureRandom.nextBytes", "as above"),
            new Exemption("LockFile", "SecureRandom.<init>", "sizes that no other file shows; gone when they are seen"),
            new Exemption("LockFile", "SecureRandom.ints", "as above"),
            new Exemption("Descriptor", "System.getProperty", "which numbers the system has for what"),
            new Exemption("Host", "System.getProperty", CHOOSES_SHORTCUTS),
            new Exemption("Shortcut", "System.getProperty", CHOOSES_SHORTCUTS),
            new Exemption("BundledLibrary", "System.getProperty", FINDS_THE_LIBRARY),
            new Exemption("LibrarySearch", "System.getProperty", FINDS_THE_LIBRARY),
            new Exemption("RecordingDirectory", "Files.walk", "deletes what it lists; nothing of it is kept"),
            new Exemption("RecordingReadJournal", "CompletableFuture.supplyAsync", "reads what is stored, in order"),
            new Exemption("RecordingStores", "ConcurrentHashMap.<init>", "looked up by key, never iterated over"),
            new Exemption("ReplayHistory", "CompletableFuture.supplyAsync", READS_AHEAD),
            new Exemption("ReplayHistory", "Thread.ofVirtual", READS_AHEAD),
            new Exemption("RecordingKeeper", "CompletableFuture.runAsync", "forces to the disk what is stored already"),
            new Exemption("ParallelReplay", "Thread.ofPlatform", "parts are compared byte by byte, and taken in order"),
            new Exemption("MachineThread", "Thread.start", "the one thread of a machine"),
            new Exemption("MachineActor", "System.nanoTime", "host time in the report to people, never recorded"),
            new Exemption("MachineAssembly", "UUID.randomUUID", "names a recording; no replay draws it again"));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.trapline");

    private static final JavaClasses OFFENDERS = new ClassFileImporter().importPackages(SAMPLE);

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theProductKeepsTheRule(NamedRule rule) {
        rule.rule().allowEmptyShould(false).check(PRODUCT);
    }

    static Stream<NamedRule> rules() {
        return rules("dev.trapline", EXEMPTIONS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sampleRules")
    void theRuleNoticesAnOffender(NamedRule rule) {
        assertThat(rule.rule().evaluate(OFFENDERS).hasViolation())
                .as("a class under " + SAMPLE + " breaks this rule on purpose; a rule that cannot fail guards nothing")
                .isTrue();
    }

    static Stream<NamedRule> sampleRules() {
        return rules(SAMPLE, List.of());
    }

    @Test
    void everyExemptionIsNeeded() {
        assertThat(new DeterminismRules("dev.trapline", EXEMPTIONS).unused(PRODUCT))
                .as("unused exemptions: remove them")
                .isEmpty();
    }

    private static Stream<NamedRule> rules(String root, List<Exemption> exemptions) {
        return Stream.concat(
                new ModuleRules(root).all().stream(), new DeterminismRules(root, exemptions).all().stream());
    }
}
