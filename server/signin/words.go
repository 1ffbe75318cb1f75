package signin

// words are the sentences of the pages in one language. {…} are blanks that the
// script fills.
type words struct {
	SignIn, Login, Password, Elsewhere, ElsewhereFailed string
	SetUp, First, Once, NewPassword, Again              string
	Differ, NoCode, Refused                             string
	Account, Who, Session, Sessions, End, SignOut, Live string
	Floor, Dock, Supervisor, Admin                      string
}

// spoken are the words by language. What the server refuses is said in its own
// words, which are English.
var spoken = map[string]words{
	"en": {
		SignIn: "Sign in", Login: "Login", Password: "Password",
		Elsewhere: "Sign in with your company account", ElsewhereFailed: "Your company account could not be used. Ask an administrator, or sign in with a password.",
		SetUp: "Set up", First: "The first administrator", Once: "This link works once. Choose how you sign in from now on.",
		NewPassword: "Password, at least 10 characters", Again: "The same again",
		Differ: "The two passwords differ.", NoCode: "The address has no code. Open the link that the server printed when it started.", Refused: "The server refused without a reason.",
		Account: "Account", Who: "Signed in as {who}, {roles}.", Session: "{agent} from {from}, since {since}", Sessions: "Where you are signed in", End: "End", SignOut: "Sign out", Live: "To the live page",
		Floor: "floor", Dock: "dock", Supervisor: "supervisor", Admin: "admin",
	},
	"de": {
		SignIn: "Anmelden", Login: "Anmeldename", Password: "Passwort",
		Elsewhere: "Mit dem Firmenkonto anmelden", ElsewhereFailed: "Mit dem Firmenkonto ging es nicht. Fragen Sie die Verwaltung, oder melden Sie sich mit einem Passwort an.",
		SetUp: "Einrichten", First: "Die erste Verwaltung", Once: "Dieser Link gilt einmal. Wählen Sie, wie Sie sich von nun an anmelden.",
		NewPassword: "Passwort, mindestens 10 Zeichen", Again: "Dasselbe noch einmal",
		Differ: "Die beiden Passwörter sind nicht gleich.", NoCode: "In der Adresse fehlt der Code. Öffnen Sie den Link, den der Server beim Start ausgegeben hat.", Refused: "Der Server hat abgelehnt und keinen Grund genannt.",
		Account: "Konto", Who: "Angemeldet als {who}, {roles}.", Session: "{agent} von {from}, seit {since}", Sessions: "Wo Sie angemeldet sind", End: "Beenden", SignOut: "Abmelden", Live: "Zur Live-Ansicht",
		Floor: "Lager", Dock: "Rampe", Supervisor: "Aufsicht", Admin: "Verwaltung",
	},
	"fr": {
		SignIn: "Se connecter", Login: "Identifiant", Password: "Mot de passe",
		Elsewhere: "Se connecter avec le compte de l’entreprise", ElsewhereFailed: "Le compte de l’entreprise n’a pas pu servir. Demandez à un administrateur, ou connectez-vous avec un mot de passe.",
		SetUp: "Configurer", First: "Le premier administrateur", Once: "Ce lien sert une seule fois. Choisissez comment vous vous connecterez désormais.",
		NewPassword: "Mot de passe, au moins 10 caractères", Again: "Le même encore une fois",
		Differ: "Les deux mots de passe ne sont pas les mêmes.", NoCode: "L’adresse ne contient pas de code. Ouvrez le lien que le serveur a affiché à son démarrage.", Refused: "Le serveur a refusé sans dire pourquoi.",
		Account: "Compte", Who: "Connecté en tant que {who}, {roles}.", Session: "{agent} depuis {from}, ouverte le {since}", Sessions: "Où vous êtes connecté", End: "Fermer", SignOut: "Se déconnecter", Live: "Vers la vue en direct",
		Floor: "entrepôt", Dock: "quai", Supervisor: "responsable", Admin: "administrateur",
	},
	"es": {
		SignIn: "Iniciar sesión", Login: "Usuario", Password: "Contraseña",
		Elsewhere: "Iniciar sesión con la cuenta de la empresa", ElsewhereFailed: "No se pudo usar la cuenta de la empresa. Pregunta a un administrador o inicia sesión con una contraseña.",
		SetUp: "Configurar", First: "El primer administrador", Once: "Este enlace sirve una sola vez. Elige cómo iniciarás sesión a partir de ahora.",
		NewPassword: "Contraseña, al menos 10 caracteres", Again: "La misma otra vez",
		Differ: "Las dos contraseñas no son iguales.", NoCode: "La dirección no tiene código. Abre el enlace que el servidor mostró al arrancar.", Refused: "El servidor lo rechazó sin decir por qué.",
		Account: "Cuenta", Who: "Sesión iniciada como {who}, {roles}.", Session: "{agent} desde {from}, abierta el {since}", Sessions: "Dónde tienes sesiones abiertas", End: "Cerrar", SignOut: "Cerrar sesión", Live: "A la vista en directo",
		Floor: "almacén", Dock: "muelle", Supervisor: "responsable", Admin: "administrador",
	},
}
