rootProject.name = "hotplug-tests"
