// Preloaded where Azurite forgets its data at the end. Each five seconds it would write all of it to disk, however
// little has changed: with the 57 MB of a test session, half a second in which it answers nobody.
require("lokijs").prototype.autosaveEnable = () => {};
