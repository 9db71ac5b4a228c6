package dev.trapline.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Calls that are forbidden in code on which replay depends, because their results differ from run to run.
///
/// These rules check calls, and not values. They do not find an iteration over a set of another module, an order that
/// depends on a hash code, or a race. The tests that run each guest twice are for those.
///
/// @param root the package that contains the modules
/// @param exemptions allowed calls, each with its reason
record DeterminismRules(String root, List<Exemption> exemptions) {

    /// The modules on which replay depends.
    private static final List<String> MODULES = List.of(
            "abi", "registry", "unicorn", "board", "machine", "journal", "timeline", "explore", "firmware", "vcpu");

    /// One allowed call.
    ///
    /// @param caller simple name of the top-level class that makes the call
    /// @param target as in `System.nanoTime`
    /// @param reason why it cannot change a replay
    record Exemption(String caller, String target, String reason) {

        boolean allows(JavaAccess<?> access) {
            return target.equals(shortName(access.getTarget()))
                    && caller.equals(topLevel(access.getOriginOwner()).getSimpleName());
        }
    }

    /// A kind of source of nondeterminism.
    private enum Source {
        CLOCK(
                "no host clock: time is virtual",
                "System\\.(nanoTime|currentTimeMillis)|Instant\\.now|Clock\\.(system|tick).*"
                        + "|(Local|Zoned|Offset)\\w+\\.now"),
        RANDOM(
                "no hidden generator: draw from the machine's named, seeded one",
                "Math\\.random|(Secure|Splittable|ThreadLocal)?Random\\..*|UUID\\.randomUUID|RandomGenerator.*"),
        IDENTITY(
                "no identity hash: give the thing a number",
                "System\\.identityHashCode|IdentityHashMap.*|Object\\.hashCode"),
        UNORDERED(
                "no collection whose order differs from run to run: take a TreeMap, TreeSet, LinkedHashMap, or a list",
                "(Concurrent|Weak)?HashMap\\.<init>|HashSet\\.<init>|(Set|Map)\\.(of|ofEntries|copyOf)"
                        + "|Collectors\\.(toSet|toMap|groupingBy|partitioningBy|toUnmodifiable(Set|Map))"
                        + "|ConcurrentHashMap\\.newKeySet"),
        PARALLEL(
                "no parallelism of its own: one machine has one thread",
                "\\w+\\.(parallelStream|parallel)|Arrays\\.parallel\\w+|CompletableFuture\\.\\w+Async|Executors\\.\\w+"
                        + "|Thread\\.(<init>|start\\w*|ofVirtual|ofPlatform)"),
        DIRECTORY_ORDER(
                "no listing in the file system's order: sort it in the same method, and say so in an exemption",
                "Files\\.(list|walk|find|newDirectoryStream)|File\\.list\\w*"),
        ENVIRONMENT(
                "no look at the host: what matters is part of the header",
                "System\\.(getenv|getProperty|getProperties)|\\w+\\.getBoolean|Runtime\\.availableProcessors"
                        + "|(Locale|TimeZone|Charset|ZoneId)\\.(getDefault|defaultCharset|systemDefault)");

        private final String advice;
        private final Pattern targets;

        Source(String advice, String targets) {
            this.advice = advice;
            this.targets = Pattern.compile(targets);
        }

        boolean matches(JavaAccess<?> access) {
            return isOfTheJdk(access.getTargetOwner())
                    && targets.matcher(shortName(access.getTarget())).matches();
        }
    }

    /// All rules, each with a name for the report.
    List<NamedRule> all() {
        return Stream.of(Source.values())
                .map(source -> new NamedRule(source.advice, rule(source)))
                .toList();
    }

    private ArchRule rule(Source source) {
        String[] packages = MODULES.stream().map(m -> root + "." + m + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should(call(source))
                .because(source.advice);
    }

    private ArchCondition<JavaClass> call(Source source) {
        return new ArchCondition<>("depend on " + source) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (source.matches(access) && exemptions.stream().noneMatch(e -> e.allows(access))) {
                        events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
                    }
                }
            }
        };
    }

    /// The exemptions that no class needs.
    List<Exemption> unused(Iterable<JavaClass> classes) {
        List<Exemption> unused = new ArrayList<>(exemptions);
        for (JavaClass type : classes) {
            type.getAccessesFromSelf().forEach(access -> unused.removeIf(e -> e.allows(access)));
        }
        return unused;
    }

    private static boolean isOfTheJdk(JavaClass type) {
        return type.getPackageName().startsWith("java.");
    }

    private static String shortName(AccessTarget target) {
        return target.getOwner().getSimpleName() + "." + target.getName();
    }

    private static JavaClass topLevel(JavaClass type) {
        JavaClass at = type;
        while (at.getEnclosingClass().isPresent()) {
            at = at.getEnclosingClass().get();
        }
        return at;
    }
}
