package certificate

import "html/template"

// words are the sentences of the page in one language, and of what who speaks plainly
// is told.
type words struct {
	Title                  string
	Why, Then              string // before and behind the link
	CodeOfLink             string
	Ways                   []way
	Right, RightHow, Known string
	Plain, Open            string
}

// way is how the root is installed on one kind of device.
type way struct {
	Where string
	How   template.HTML
}

const file = "<code>authority.crt</code>"

var spoken = map[string]words{
	"en": {
		Title: "Trust this server",
		Why:   "Handhelds keep scans only for a server that they trust. Scan the code with the handheld's camera, or open", Then: " there, and install the file as follows. It is needed once for each handheld.",
		CodeOfLink: "Code of the link",
		Ways: []way{
			{"Android 11 and newer", "Settings → Security → Encryption and credentials → Install a certificate → CA certificate → Install anyway → choose " + file + " among the downloads."},
			{"Android 7 to 10", "Settings → Security → Encryption and credentials → Install from storage → choose " + file + "; give it any name, for VPN and apps. A screen lock must be set."},
			{"Android 6 and older", "Opening the file in the browser asks to install it; give it any name."},
			{"Device management", "Give <a href=\"" + RootPath + "\">authority.crt</a> to your device management (for Zebra: StageNow or an EMM, Certificate Manager) as a trusted root. Nobody has to touch a handheld then."},
			{"iPhone and iPad", "Open the file, then Settings → Profile downloaded → Install, and Settings → General → About → Certificate trust settings → switch it on."},
		},
		Right: "Is it the right one?", RightHow: "The handheld shows a SHA-256 fingerprint. It must be this one, and this one must be what the server printed at its start:",
		Known: "The server is known by:", Plain: "This server speaks https", Open: "Open",
	},
	"de": {
		Title: "Diesem Server vertrauen",
		Why:   "Handgeräte behalten Scans nur für einen Server, dem sie vertrauen. Scannen Sie den Code mit der Kamera des Handgeräts, oder öffnen Sie dort", Then: ", und installieren Sie die Datei, wie es hier steht. Das ist für jedes Handgerät einmal nötig.",
		CodeOfLink: "Code des Links",
		Ways: []way{
			{"Android 11 und neuer", "Einstellungen → Sicherheit → Verschlüsselung und Anmeldedaten → Zertifikat installieren → CA-Zertifikat → Trotzdem installieren → " + file + " unter den Downloads wählen."},
			{"Android 7 bis 10", "Einstellungen → Sicherheit → Verschlüsselung und Anmeldedaten → Von Speicher installieren → " + file + " wählen; ein beliebiger Name, für VPN und Apps. Eine Displaysperre muss eingerichtet sein."},
			{"Android 6 und älter", "Wer die Datei im Browser öffnet, wird gefragt, ob sie installiert werden soll; ein beliebiger Name genügt."},
			{"Geräteverwaltung", "Geben Sie <a href=\"" + RootPath + "\">authority.crt</a> Ihrer Geräteverwaltung (bei Zebra: StageNow oder ein EMM, Certificate Manager) als vertrauenswürdige Stammzertifizierungsstelle. Dann muss niemand ein Handgerät anfassen."},
			{"iPhone und iPad", "Öffnen Sie die Datei, dann Einstellungen → Profil geladen → Installieren, und Einstellungen → Allgemein → Info → Zertifikatsvertrauenseinstellungen → einschalten."},
		},
		Right: "Ist es die richtige?", RightHow: "Das Handgerät zeigt einen SHA-256-Fingerabdruck. Es muss dieser sein, und dieser muss der sein, den der Server beim Start ausgegeben hat:",
		Known: "Der Server heißt:", Plain: "Dieser Server spricht https", Open: "Öffnen Sie",
	},
	"fr": {
		Title: "Faire confiance à ce serveur",
		Why:   "Les terminaux ne gardent les scans que pour un serveur auquel ils font confiance. Scannez le code avec l’appareil photo du terminal, ou ouvrez-y", Then: ", puis installez le fichier comme suit. Il le faut une fois pour chaque terminal.",
		CodeOfLink: "Code du lien",
		Ways: []way{
			{"Android 11 et plus récent", "Paramètres → Sécurité → Chiffrement et identifiants → Installer un certificat → Certificat CA → Installer quand même → choisissez " + file + " parmi les téléchargements."},
			{"Android 7 à 10", "Paramètres → Sécurité → Chiffrement et identifiants → Installer depuis le stockage → choisissez " + file + " ; un nom quelconque, pour VPN et applications. Un verrouillage de l’écran doit être en place."},
			{"Android 6 et plus ancien", "Ouvrez le fichier dans le navigateur : il propose de l’installer ; un nom quelconque suffit."},
			{"Gestion des appareils", "Donnez <a href=\"" + RootPath + "\">authority.crt</a> à votre gestion des appareils (chez Zebra : StageNow ou un EMM, Certificate Manager) comme racine de confiance. Personne n’a alors à toucher un terminal."},
			{"iPhone et iPad", "Ouvrez le fichier, puis Réglages → Profil téléchargé → Installer, et Réglages → Général → Informations → Réglages de confiance des certificats → activez-le."},
		},
		Right: "Est-ce le bon ?", RightHow: "Le terminal montre une empreinte SHA-256. Ce doit être celle-ci, et celle-ci doit être celle que le serveur a affichée à son démarrage :",
		Known: "Le serveur est connu sous :", Plain: "Ce serveur parle https", Open: "Ouvrez",
	},
	"es": {
		Title: "Confiar en este servidor",
		Why:   "Los terminales solo guardan escaneos para un servidor en el que confían. Escanea el código con la cámara del terminal, o abre en él", Then: " e instala el archivo como sigue. Hace falta una vez por terminal.",
		CodeOfLink: "Código del enlace",
		Ways: []way{
			{"Android 11 y posteriores", "Ajustes → Seguridad → Cifrado y credenciales → Instalar un certificado → Certificado de CA → Instalar de todos modos → elige " + file + " entre las descargas."},
			{"De Android 7 a 10", "Ajustes → Seguridad → Cifrado y credenciales → Instalar desde el almacenamiento → elige " + file + "; un nombre cualquiera, para VPN y aplicaciones. Debe haber un bloqueo de pantalla."},
			{"Android 6 y anteriores", "Al abrir el archivo en el navegador, este pregunta si instalarlo; vale un nombre cualquiera."},
			{"Gestión de dispositivos", "Da <a href=\"" + RootPath + "\">authority.crt</a> a tu gestión de dispositivos (en Zebra: StageNow o un EMM, Certificate Manager) como raíz de confianza. Así nadie tiene que tocar un terminal."},
			{"iPhone y iPad", "Abre el archivo; después Ajustes → Perfil descargado → Instalar, y Ajustes → General → Información → Ajustes de confianza de los certificados → actívalo."},
		},
		Right: "¿Es el correcto?", RightHow: "El terminal muestra una huella SHA-256. Debe ser esta, y esta debe ser la que el servidor mostró al arrancar:",
		Known: "El servidor se conoce como:", Plain: "Este servidor habla https", Open: "Abre",
	},
}
