package io.valmed.archive.sample;

import java.util.List;

/** The words that sample rows are made of. Patients' names test what text may hold. */
final class SampleWords {
  static final List<String> FIRST_NAMES =
      List.of(
          "Anna",
          "Ben",
          "Carla",
          "Dmitrij",
          "Élodie",
          "Françoise",
          "Goran",
          "Håkon",
          "Inés",
          "Jürgen",
          "Katarzyna",
          "Łukasz",
          "María José",
          "Nguyễn",
          "Ólafur",
          "Þóra",
          "Quirin",
          "Renée",
          "Søren",
          "Tomáš",
          "Uğur",
          "Vanya",
          "Wiebke",
          "Xenia",
          "Yıldız",
          "Zoë",
          "Ελένη",
          "Сергей",
          "محمد",
          "נועה",
          "प्रिया",
          "小龍",
          "さくら",
          "지우",
          "ธนพล");

  static final List<String> LAST_NAMES =
      List.of(
          "Andersson",
          "O'Brien",
          "Çelik",
          "D'Angelo",
          "Ferreira da Silva",
          "García-Núñez",
          "Hoffmann",
          "Ibrahimović",
          "Jansen",
          "Kowalczyk",
          "Lefèvre",
          "Müller",
          "Nowak",
          "Öztürk",
          "Papadópoulos",
          "Ramírez",
          "Straße",
          "Tanaka",
          "van der Berg",
          "Wójcik",
          "Žižek",
          "Иванова",
          "王",
          "김",
          "back\\slash",
          "tab\there",
          "\"quoted\"");

  static final List<String> SUBSTANCES =
      List.of(
          "Amoxicillin",
          "Apixaban",
          "Atorvastatin",
          "Bisoprolol",
          "Ceftriaxone",
          "Clopidogrel",
          "Dexamethasone",
          "Diazepam",
          "Enoxaparin",
          "Furosemide",
          "Heparin",
          "Ibuprofen",
          "Insulin",
          "Ketamine",
          "Levothyroxine",
          "Lorazepam",
          "Metformin",
          "Metoprolol",
          "Morphine",
          "Naloxone",
          "Omeprazole",
          "Ondansetron",
          "Pantoprazole",
          "Paracetamol",
          "Piperacillin",
          "Prednisone",
          "Propofol",
          "Ramipril",
          "Salbutamol",
          "Simvastatin",
          "Tramadol",
          "Vancomycin",
          "Warfarin",
          "Zolpidem");

  static final List<String> FORMS = List.of("tablet", "ampoule", "infusion", "drops", "patch");

  static final List<String> STRENGTHS = List.of("1 mg", "5 mg", "20 mg", "100 µg", "250 mg", "1 g");

  static final List<String> SCHEDULES =
      List.of("every 8 h", "every 12 h", "1-0-1", "1-1-1", "0-0-1", "once", "as needed");

  static final List<String> WARDS =
      List.of("ICU", "Cardiology", "Oncology", "Pediatrics", "Surgery", "Pharmacy", "Geriatrics ½");

  private SampleWords() {}
}
