// The same as pom.xml, for Gradle 9.1 or later.
plugins {
    java
}

repositories {
    // Where 'mvn install' puts Trapline. Everything else is from Maven Central: Maven does not keep the metadata that Gradle needs.
    mavenLocal {
        content { includeGroup("dev.trapline") }
    }
    mavenCentral {
        content { excludeGroup("dev.trapline") }
    }
}

java {
    toolchain {
        languageVersion = JavaLanguageVersion.of(25)
    }
}

dependencies {
    testImplementation(platform("dev.trapline:bom:0.1.0-SNAPSHOT"))
    // Brings JUnit Jupiter and AssertJ.
    testImplementation("dev.trapline:junit")
    testRuntimeOnly("org.junit.platform:junit-platform-launcher")
}

tasks.test {
    useJUnitPlatform()
    // The engine is a native library. Without these flags, the JVM warns of it, and a later JVM will refuse it.
    jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
    // Maven takes the same classes by default; HotplugWithBug is not among them.
    filter { includeTestsMatching("*Test") }
    // Gradle would not run the tests again after a change of a guest alone.
    inputs.dir("guests")
    // gradle test -Dtrapline.seed=1
    System.getProperty("trapline.seed")?.let { systemProperty("trapline.seed", it) }
}
