// What the camera says, in each language.

import type { Trouble } from "./camera.ts";

export interface CameraWords {
  camera: string;
  open: string;
  close: string;
  starting: string;
  aim: string;
  resting: string;
  again: string;
  torchOn: string;
  torchOff: string;
  trouble: Readonly<Record<Trouble, string>>;
}

const english: CameraWords = {
  camera: "Camera", open: "Scan with the camera", close: "Close", starting: "The camera is starting …",
  aim: "Again? Look away first.",
  resting: "The camera rests.", again: "Go on", torchOn: "Light on", torchOff: "Light off",
  trouble: {
    none: "This device has no camera that a page may use. Scan with the reader, or type the code under More.",
    denied: "The browser does not let this page use the camera. Allow it in the browser's settings of this page, then try again.",
    busy: "Another app uses the camera. Close that one, then try again.",
    broken: "What reads pictures could not be loaded. It needs the network once; connect this device, then try again.",
  },
};

const german: CameraWords = {
  camera: "Kamera", open: "Mit der Kamera scannen", close: "Schließen", starting: "Die Kamera startet …",
  aim: "Noch einmal? Erst wegsehen.",
  resting: "Die Kamera ruht.", again: "Weiter", torchOn: "Licht an", torchOff: "Licht aus",
  trouble: {
    none: "Dieses Gerät hat keine Kamera, die eine Seite benutzen darf. Scannen Sie mit dem Leser, oder tippen Sie den Code unter Mehr.",
    denied: "Der Browser lässt diese Seite nicht an die Kamera. Erlauben Sie es in den Einstellungen des Browsers zu dieser Seite, und versuchen Sie es noch einmal.",
    busy: "Eine andere App benutzt die Kamera. Schließen Sie die, und versuchen Sie es noch einmal.",
    broken: "Was Bilder liest, konnte nicht geladen werden. Es braucht einmal das Netz; verbinden Sie das Gerät, und versuchen Sie es noch einmal.",
  },
};

export const cameraWords: Readonly<Record<string, CameraWords>> = { en: english, de: german };

/** cameraWordsOf gives those of a language, else the English ones. */
export const cameraWordsOf = (code: string): CameraWords => cameraWords[code] ?? english;
