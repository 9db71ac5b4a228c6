package dev.trapline.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.ArrayList;
import java.util.List;

/// Which module may depend on which (ARCHITECTURE.md, "Modules"). Modules are packages under one root, so that the same
/// rules can be tested on a sample tree that violates each of them.
///
/// @param root the package that contains the modules
record ModuleRules(String root) {

    /// A module's package name, and the other modules on which it may depend.
    private record Module(String name, List<String> knows) {}

    private static final List<Module> MODULES = List.of(
            new Module("abi", List.of()),
            new Module("testkit", List.of("abi")),
            new Module("registry", List.of("abi")),
            new Module("unicorn", List.of("abi", "board")),
            new Module("board", List.of("abi")),
            new Module("machine", List.of("abi", "registry", "board")),
            new Module("config", List.of("abi", "registry")),
            new Module("journal", List.of("abi")),
            new Module("timeline", List.of("abi", "registry", "board", "machine", "journal")),
            new Module("explore", List.of("abi", "board", "machine")),
            new Module("firmware", List.of("abi", "registry", "machine")),
            new Module("vcpu", List.of("abi", "registry", "board", "machine", "explore", "firmware", "journal")),
            new Module(
                    "junit",
                    List.of(
                            "abi",
                            "registry",
                            "unicorn",
                            "board",
                            "machine",
                            "config",
                            "explore",
                            "firmware",
                            "journal",
                            "vcpu")),
            new Module("remote", List.of("abi", "registry", "board", "machine", "firmware", "journal", "vcpu")),
            new Module(
                    "launcher",
                    List.of(
                            "abi",
                            "registry",
                            "unicorn",
                            "board",
                            "machine",
                            "config",
                            "journal",
                            "timeline",
                            "explore",
                            "firmware",
                            "vcpu",
                            "remote")));

    /// All rules, each with a name for the report.
    List<NamedRule> all() {
        List<NamedRule> rules = new ArrayList<>();
        for (Module module : MODULES) {
            if (module.knows().size() < MODULES.size() - 1) {
                rules.add(new NamedRule(module.name() + " knows only what is below it", knowsOnly(module)));
            }
        }
        rules.add(new NamedRule("abi depends on the JDK alone", abiDependsOnTheJdkAlone()));
        rules.add(new NamedRule("akka stays with the actors", akkaStaysWithTheActors()));
        rules.add(new NamedRule("services are free of akka", servicesAreFreeOfAkka()));
        rules.add(new NamedRule("foreign functions are called in two places alone", foreignFunctions()));
        rules.add(new NamedRule("the engine is chosen in two places alone", theEngineIsChosenInTwoPlaces()));
        rules.add(new NamedRule("nobody asks and waits", nobodyAsks()));
        rules.add(new NamedRule("values of closed sets are records", closedSetsAreRecords()));
        rules.add(new NamedRule("standard streams belong to the launcher", standardStreams()));
        rules.add(new NamedRule("packages have no cycles", packagesHaveNoCycles()));
        return rules;
    }

    private ArchRule knowsOnly(Module module) {
        String[] forbidden = MODULES.stream()
                .map(Module::name)
                .filter(name -> !name.equals(module.name()) && !module.knows().contains(name))
                .map(this::in)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(in(module.name()))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .because("a dependency points downwards only");
    }

    private ArchRule abiDependsOnTheJdkAlone() {
        return classes()
                .that()
                .resideInAPackage(in("abi"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", in("abi"))
                .because("values know nothing");
    }

    private ArchRule akkaStaysWithTheActors() {
        return noClasses()
                .that()
                .resideInAnyPackage(
                        in("abi"),
                        in("registry"),
                        in("unicorn"),
                        in("board"),
                        in("machine"),
                        in("timeline"),
                        in("explore"),
                        in("config"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("akka..")
                .because("ports and values are used without actors too");
    }

    private ArchRule servicesAreFreeOfAkka() {
        return noClasses()
                .that(implementAnyOf("FirmwareService", "Scheduler", "MmioDevice", "Engine"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("akka..")
                .because("logic is pure, and tested without an actor system");
    }

    private ArchRule foreignFunctions() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("unicorn"))
                .and()
                .haveNameNotMatching(".*\\.abi\\.file\\.Descriptor(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup|FunctionDescriptor)(\\$.*)?")
                .because("one small module is enough to crash a JVM; only 'openat' opens a file without waiting");
    }

    private ArchRule theEngineIsChosenInTwoPlaces() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("unicorn"))
                .and()
                .doNotHaveFullyQualifiedName("dev.trapline.launcher.process.Engines")
                .and()
                .doNotHaveFullyQualifiedName("dev.trapline.junit.Engines")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("unicorn"))
                .because("another engine takes this one's place without anybody noticing");
    }

    private ArchRule nobodyAsks() {
        return noClasses()
                .that()
                .resideInAnyPackage(in("vcpu"), in("firmware"), in("machine"))
                .should()
                .dependOnClassesThat()
                .haveNameMatching("akka\\.(actor\\.typed\\.javadsl\\.AskPattern|pattern\\.Patterns)|"
                        + "akka\\.actor\\.typed\\.javadsl\\.TimerScheduler")
                .because("a time-out is an input that nobody recorded");
    }

    private ArchRule closedSetsAreRecords() {
        return classes()
                .that(implementAnyOf("Exit", "Effect", "RunOutcome", "Decision", "JournalRecord"))
                .should()
                .beRecords()
                .because("they are compared, printed and written by content");
    }

    private ArchRule standardStreams() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("launcher"), in("testkit"))
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .because("standard output is the guest's console");
    }

    private ArchRule packagesHaveNoCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    /// Classes that implement one of the modules' interfaces with these simple names.
    private DescribedPredicate<JavaClass> implementAnyOf(String... names) {
        List<String> wanted = List.of(names);
        return DescribedPredicate.describe(
                "implement " + String.join(", ", names),
                type -> !type.isInterface()
                        && type.getAllRawInterfaces().stream()
                                .filter(resideInAPackage(root + ".."))
                                .anyMatch(port -> wanted.contains(port.getSimpleName())));
    }

    private String in(String module) {
        return root + "." + module + "..";
    }
}
